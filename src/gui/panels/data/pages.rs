//! Pages of rows while a frame is drawn: each is asked for once a frame, and only those in sight.

use crate::domain::Failure;
use crate::domain::row_view::RowView;
use crate::domain::run::ArtifactRef;
use crate::gui::panel::PanelContext;
use crate::workspace::row_pages::ViewPage;
use crate::workspace::{Answer, Fetched, Query};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one page.
pub(super) const PAGE: usize = 200;

/// The pages that a frame has asked for.
pub(super) struct Pages<'a> {
    fetch: &'a dyn Fn(&Query) -> Fetched,
    artifact: ArtifactRef,
    view: Arc<RowView>,
    known: RefCell<BTreeMap<usize, Option<Arc<Answer>>>>,
    /// Why a page could not be read.
    pub(super) failure: Cell<Option<Failure>>,
}

impl<'a> Pages<'a> {
    /// No page yet.
    pub(super) fn new(
        context: &PanelContext<'a>,
        artifact: &ArtifactRef,
        view: &Arc<RowView>,
    ) -> Self {
        Self {
            fetch: context.fetch,
            artifact: artifact.clone(),
            view: Arc::clone(view),
            known: RefCell::default(),
            failure: Cell::default(),
        }
    }

    /// Something of a row; `None` while its page is on its way.
    pub(super) fn cell<T>(
        &self,
        row: usize,
        read: impl FnOnce(&ViewPage, usize) -> T,
    ) -> Option<T> {
        let page = row / PAGE;
        let mut known = self.known.borrow_mut();
        let answer = known.entry(page).or_insert_with(|| {
            let query = Query::view(&self.artifact, &self.view, page * PAGE, PAGE);
            match (self.fetch)(&query) {
                Fetched::Ready(answer) => Some(answer),
                Fetched::Failed(why) => {
                    self.failure.set(Some(why));
                    None
                }
                Fetched::Loading => None,
            }
        });
        match answer.as_deref() {
            Some(Answer::View(page)) => Some(read(page, row - page.offset.min(row))),
            _ => None,
        }
    }
}
