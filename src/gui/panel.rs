//! What a panel is. A panel sees a context (snapshot, fetched answers, selection) and queues actions; it has no
//! workspace, no store and no channel, so it can neither block nor do business. A new panel is one new file in
//! `panels/`, a variant of `Room`, and one line in `panels::all`.

use super::action::Action;
use super::icons::{self, Icon};
use crate::domain::ids::RunId;
use crate::domain::metric::Metric;
use crate::domain::run::StepKind;
use crate::workspace::{Answer, Fetched, Query, Snapshot};
use eframe::egui::Ui;
use std::path::PathBuf;
use std::sync::Arc;

/// The rooms of the house, in the order of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Room {
    /// Open or make a workspace.
    Start,
    /// Rows, column profiles, schema, anomalies.
    Data,
    /// How columns relate: to the target, to each other, to another dataset.
    Explore,
    /// Steps, gates, Gantt, parameters.
    Pipeline,
    /// Leaderboard and registry.
    Models,
    /// Candidate against production.
    Compare,
    /// The prediction service.
    Service,
    /// The ledger.
    Runs,
    /// Level, capabilities, lessons.
    Maturity,
}

/// The groups of the rail: the four systems, the ledger, and what stands above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// No heading.
    Top,
    /// Getting and judging data.
    DataCollection,
    /// Training and judging models.
    Modeling,
    /// Putting models to work.
    Deployment,
    /// The records.
    Ledger,
    /// What the records prove.
    Maturity,
}

impl Group {
    /// The heading in the rail.
    #[must_use]
    pub fn title(self) -> Option<&'static str> {
        match self {
            Self::Top => None,
            Self::DataCollection => Some("Data collection"),
            Self::Modeling => Some("Modeling"),
            Self::Deployment => Some("Deployment"),
            Self::Ledger => Some("Ledger"),
            Self::Maturity => Some("Maturity"),
        }
    }
}

impl Room {
    /// All rooms in the order of the rail.
    pub const ALL: [Self; 9] = [
        Self::Start,
        Self::Data,
        Self::Explore,
        Self::Pipeline,
        Self::Models,
        Self::Compare,
        Self::Service,
        Self::Runs,
        Self::Maturity,
    ];

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Data => "Data",
            Self::Explore => "Explore",
            Self::Pipeline => "Pipeline",
            Self::Models => "Models",
            Self::Compare => "Compare",
            Self::Service => "Service",
            Self::Runs => "Runs",
            Self::Maturity => "Maturity",
        }
    }

    /// The titles of its pages; none for a room of one page.
    #[must_use]
    pub fn pages(self) -> &'static [&'static str] {
        match self {
            Self::Data => &["Columns", "Rows", "Schema", "Anomalies", "Findings"],
            Self::Explore => &[
                "Columns",
                "One column",
                "Two columns",
                "Missing",
                "Correlation",
                "Compare data",
            ],
            Self::Models => &[
                "Leaderboard",
                "Registry",
                "Importance",
                "Effect",
                "One row",
                "Summary",
                "Tree",
                "Coefficients",
                "Curves",
            ],
            Self::Compare => &[
                "Segments",
                "Gate checks",
                "Slices",
                "Map",
                "Threshold",
                "Single rows",
                "Fairness",
                "Versions",
            ],
            Self::Runs => &["Runs", "Compare runs", "Lineage", "SQL", "Registry log"],
            Self::Maturity => &["Capabilities", "Lessons"],
            Self::Start | Self::Pipeline | Self::Service => &[],
        }
    }

    /// Its picture.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Self::Start => icons::HOME,
            Self::Data => icons::DATASET,
            Self::Explore => icons::MONITOR,
            Self::Pipeline => icons::PIPELINE,
            Self::Models => icons::MODEL,
            Self::Compare => icons::COMPARE,
            Self::Service => icons::SERVICE,
            Self::Runs => icons::LEDGER,
            Self::Maturity => icons::MATURITY,
        }
    }

    /// Where it stands in the rail.
    #[must_use]
    pub fn group(self) -> Group {
        match self {
            Self::Start => Group::Top,
            Self::Data | Self::Explore => Group::DataCollection,
            Self::Pipeline | Self::Models | Self::Compare => Group::Modeling,
            Self::Service => Group::Deployment,
            Self::Runs => Group::Ledger,
            Self::Maturity => Group::Maturity,
        }
    }
}

/// A room's inside.
pub trait Panel {
    /// Which room it is.
    fn room(&self) -> Room;

    /// Why the room cannot be used yet, and what would open it; the app shows that instead of `ui`.
    fn unavailable(&self, _snapshot: &Snapshot) -> Option<Unavailable> {
        None
    }

    /// Draws the room. With an open workspace `context.snapshot` is there; only Start is drawn without.
    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>);

    /// Turns to a page, by its position in `Room::pages`.
    fn turn_to(&mut self, _page: usize) {}

    /// Whether the page that is open has an inspector beside it.
    fn has_inspector(&self, _snapshot: &Snapshot) -> bool {
        true
    }

    /// Draws the facts of what is selected in the inspector; false if there is nothing to say.
    fn inspector(&mut self, _ui: &mut Ui, _context: &mut PanelContext<'_>) -> bool {
        false
    }
}

/// Why a room cannot be used yet.
#[derive(Debug, Clone)]
pub struct Unavailable {
    /// "No comparison yet"
    pub title: &'static str,
    /// What would open the room.
    pub text: String,
    /// The button for it.
    pub action: Option<(String, Action)>,
}

/// What a panel sees.
pub struct PanelContext<'a> {
    /// What is true; `None` without a workspace.
    pub snapshot: Option<&'a Snapshot>,
    /// Asks bigger questions; never waits.
    pub fetch: &'a dyn Fn(&Query) -> Fetched,
    /// What is selected, shared by all rooms.
    pub selection: &'a mut Selection,
    /// What the person wants done.
    pub actions: &'a mut Vec<Action>,
    /// Recent workspaces, newest first: folder and when it was last open (seconds ago), and whether it still exists.
    pub recent: &'a [Recent],
    /// The time, milliseconds since 1970.
    pub now: i64,
    /// Files that were picked, typed or dropped for this room since the last frame.
    pub picked: &'a [(super::action::Purpose, PathBuf)],
}

/// A recent workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent {
    /// The folder.
    pub root: PathBuf,
    /// When it was last open, milliseconds since 1970.
    pub opened: i64,
    /// Whether it is still there.
    pub exists: bool,
}

/// What is selected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// A run; `None` is the newest.
    pub run: Option<RunId>,
    /// A step of it.
    pub step: Option<StepKind>,
    /// A batch, by name.
    pub batch: Option<String>,
    /// A column.
    pub column: Option<String>,
    /// A candidate, by name.
    pub candidate: Option<String>,
    /// A registered version.
    pub version: Option<u32>,
    /// A segment, as text; `None` is overall.
    pub segment: Option<String>,
    /// The metric looked at.
    pub metric: Option<Metric>,
}

/// A fetched answer, in the four states of every panel.
pub enum Load<T> {
    /// There is nothing to fetch yet.
    Empty,
    /// Being read.
    Loading,
    /// Cannot be read.
    Failed(crate::domain::Failure),
    /// Here it is.
    Ready(T),
}

impl PanelContext<'_> {
    /// Queues an action.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Asks a question; `None` is `Empty`.
    #[must_use]
    pub fn load(&self, query: Option<&Query>) -> Load<Arc<Answer>> {
        match query.map(|q| (self.fetch)(q)) {
            None => Load::Empty,
            Some(Fetched::Loading) => Load::Loading,
            Some(Fetched::Failed(failure)) => Load::Failed(failure),
            Some(Fetched::Ready(answer)) => Load::Ready(answer),
        }
    }
}
