//! The operators of classical machine learning (domain `ai.onnx.ml`), versions 1 to 5. The formulas are those of the
//! operator specification (onnx.ai/onnx/operators/ai.onnx.ml); where it leaves something open, they do what onnxruntime does,
//! because that is what the tests of the converters are run with.

mod encode;
mod ensemble;
mod labels;
mod linear;
mod post;
mod scale;
mod svm;
mod trees;

use super::ops::Maker;
pub(in crate::model) use labels::Labels;

/// The maker of an operator; `None` where it is not among ours.
pub(super) fn maker(op: &str) -> Option<Maker> {
    Some(match op {
        "ArrayFeatureExtractor" => encode::array_feature_extractor,
        "FeatureVectorizer" => encode::feature_vectorizer,
        "OneHotEncoder" => encode::one_hot_encoder,
        "LabelEncoder" => encode::label_encoder,
        "CategoryMapper" => encode::category_mapper,
        "ZipMap" => encode::zip_map,
        "Imputer" => scale::imputer,
        "Scaler" => scale::scaler,
        "Normalizer" => scale::normalizer,
        "Binarizer" => scale::binarizer,
        "LinearClassifier" => linear::classifier,
        "LinearRegressor" => linear::regressor,
        "SVMClassifier" => svm::classifier,
        "SVMRegressor" => svm::regressor,
        "TreeEnsembleClassifier" => trees::classifier,
        "TreeEnsembleRegressor" => trees::regressor,
        "TreeEnsemble" => trees::ensemble,
        _ => return None,
    })
}
