//! What the selected candidate goes by, on the pages from Importance to Coefficients: which model and class is looked at, and
//! the answers of the engine in their four states. One page is one file.

mod curves;
mod effect;
mod importance;
mod row;
mod summary;
mod tree;
mod weights;

use super::leaderboard::{selected, shown};
use crate::domain::explanation::ModelOutline;
use crate::domain::training::{CandidateResult, TrainingReport};
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::PanelContext;
use crate::gui::panels::answer;
use crate::gui::theme::space;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::field::Field;
use crate::gui::widgets::state;
use crate::workspace::explain::{ExplainAnswer, ExplainAsk, ExplainQuery, ModelRows};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::{Ui, vec2};

/// A page, in the order of the room's pages after the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Importance,
    Effect,
    Row,
    Summary,
    Tree,
    Weights,
    Curves,
}

impl Page {
    /// All pages in order.
    pub(super) const ALL: [Self; 7] = [
        Self::Importance,
        Self::Effect,
        Self::Row,
        Self::Summary,
        Self::Tree,
        Self::Weights,
        Self::Curves,
    ];

    /// What one sees here.
    pub(super) fn explanation(self) -> &'static str {
        match self {
            Self::Importance => {
                "How much worse the model answers when one column's values are shuffled."
            }
            Self::Effect => {
                "What the model would answer if every row had the same value in one column."
            }
            Self::Row => "What each column adds to the answer for one row.",
            Self::Summary => "What each column adds to the answers, over many rows.",
            Self::Tree => "The questions that one tree asks.",
            Self::Weights => "What each column counts in the weighted sum.",
            Self::Curves => {
                "How the algorithm answers when it learns from fewer rows, or with other parameters."
            }
        }
    }

    /// Whether a class is chosen here.
    fn is_of_class(self) -> bool {
        !matches!(self, Self::Importance | Self::Curves)
    }
}

/// What the pages remember.
#[derive(Default)]
pub(super) struct Understand {
    /// The class; `None` is the positive one of two, the first of several, and for one row the most probable.
    class: Option<usize>,
    importance: importance::Importance,
    effect: effect::Effect,
    row: row::Row,
    summary: summary::Summary,
    tree: tree::Tree,
    weights: weights::Weights,
    curves: curves::Curves,
}

/// What every page looks at.
struct View<'a> {
    source: ModelRows,
    outline: &'a ModelOutline,
    report: &'a TrainingReport,
    candidate: &'a CandidateResult,
    class: Option<usize>,
}

impl View<'_> {
    fn ask(&self, ask: ExplainAsk) -> Query {
        Query::Explain(ExplainQuery {
            source: self.source.clone(),
            ask,
        })
    }

    /// The class where one must be named.
    fn class(&self) -> usize {
        let usual = usize::from(self.outline.signature.classes.len() == 2);
        self.class.unwrap_or(usual)
    }

    /// The names of the columns that the model reads.
    fn inputs(&self) -> Vec<String> {
        let inputs = self.outline.signature.inputs.iter();
        inputs.map(|input| input.name.clone()).collect()
    }
}

impl Understand {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        snapshot: &Snapshot,
        page: Page,
    ) {
        let Some((run, artifact)) = shown(snapshot, context.selection.run) else {
            let text = "Run the pipeline first: what it trains is explained here on rows that it was not trained on.";
            let button = snapshot
                .live
                .is_none()
                .then(|| Button::new("Run the pipeline").primary().icon(icons::RUN));
            if state::empty(ui, icons::MODEL, "No model to explain yet", text, button) {
                context.act(Action::Run);
            }
            return;
        };
        let query = Query::artifact(artifact);
        let Some(found) = answer::ready(ui, context, &query, "the leaderboard") else {
            return;
        };
        let Answer::Training(report) = &*found else {
            let text = "This artifact is not a leaderboard.";
            state::empty(ui, icons::MODEL, "No leaderboard", text, None);
            return;
        };
        let Some(candidate) = selected(context.selection.candidate.as_deref(), report) else {
            return;
        };
        let run = run.id;
        self.pickers(ui, context, report, candidate, page);
        let source = candidate.model.as_ref();
        let Some(source) = source.and_then(|hash| ModelRows::of(snapshot, hash)) else {
            let text = match &candidate.error {
                Some(error) => format!("{} could not be fitted: {error}", candidate.name),
                None => format!("The model of run {run} is not among those that can be looked up."),
            };
            state::empty(ui, icons::MODEL, "Nothing to explain", &text, None);
            return;
        };
        let outline = Query::Explain(ExplainQuery {
            source: source.clone(),
            ask: ExplainAsk::Outline,
        });
        let Some(found) = answer::worked_out(ui, context, &outline, "the model and its rows")
        else {
            return;
        };
        let Some(ExplainAnswer::Outline(outline)) = explained(&found) else {
            return;
        };
        let n_classes = outline.signature.classes.len();
        let view = View {
            source,
            outline,
            report,
            candidate,
            class: self.class.filter(|class| *class < n_classes.max(1)),
        };
        ui.push_id(&candidate.name, |ui| {
            self.page(ui, context, snapshot, (page, &view));
        });
    }

    fn page(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        snapshot: &Snapshot,
        (page, view): (Page, &View<'_>),
    ) {
        match page {
            Page::Importance => self.importance.ui(ui, context, view),
            Page::Effect => self.effect.ui(ui, context, view),
            Page::Row => self.row.ui(ui, context, view),
            Page::Summary => self.summary.ui(ui, context, view),
            Page::Tree => self.tree.ui(ui, context, view),
            Page::Weights => self.weights.ui(ui, context, view),
            Page::Curves => self.curves.ui(ui, context, snapshot, view),
        }
    }

    /// Which candidate, and which class.
    fn pickers(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        report: &TrainingReport,
        candidate: &CandidateResult,
        page: Page,
    ) {
        let names: Vec<&str> = report.candidates.iter().map(|c| c.name.as_str()).collect();
        let mut chosen = names.iter().position(|n| *n == candidate.name).unwrap_or(0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::XS);
            let field = Field::new("Candidate").width(220.0);
            if field.choice(ui, &mut chosen, &names).changed() {
                context.selection.candidate = Some(names[chosen].to_owned());
            }
            let classes = &report.classes;
            if classes.is_empty() || !page.is_of_class() {
                return;
            }
            // For one row of several classes the most probable one is explained unless another is chosen.
            let has_usual = page == Page::Row && classes.len() > 2;
            let mut options: Vec<String> = Vec::new();
            if has_usual {
                options.push("the most probable one".to_owned());
            }
            options.extend(classes.iter().map(|c| format!("{} = {c}", report.target)));
            let usual = usize::from(classes.len() == 2);
            let mut at = match self.class {
                Some(class) => class + usize::from(has_usual),
                None if has_usual => 0,
                None => usual,
            };
            let field = Field::new("Answer for").width(220.0);
            if field.choice(ui, &mut at, &options).changed() {
                self.class = at.checked_sub(usize::from(has_usual));
            }
        });
        ui.add_space(space::XS);
    }
}

/// What is inside an answer about a model.
fn explained(answer: &Answer) -> Option<&ExplainAnswer> {
    match answer {
        Answer::Explained(answer) => Some(answer),
        _ => None,
    }
}
