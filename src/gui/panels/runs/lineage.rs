//! Lineage, walked: an artifact with everything that it was made from, the steps that read it, and what they made; looked for by
//! words, run and version. Which records there are is asked of the engine.

use super::record;
use crate::domain::ids::ArtifactId;
use crate::domain::lineage::{ArtifactList, Lineage, LineageNode, Readers};
use crate::domain::run::ArtifactRef;
use crate::gui::action::Action;
use crate::gui::icons;
use crate::gui::panel::{PanelContext, Room};
use crate::gui::panels::answer;
use crate::gui::theme::{Tokens, Tone, Type, space};
use crate::gui::widgets::breadcrumb::breadcrumb;
use crate::gui::widgets::button::Button;
use crate::gui::widgets::card::{card, section};
use crate::gui::widgets::facts::{Fact, facts};
use crate::gui::widgets::lineage::{LineageBox, LineageGraph};
use crate::gui::widgets::number;
use crate::gui::widgets::search::search;
use crate::gui::widgets::state;
use crate::gui::widgets::table::{Column, Table};
use crate::workspace::records::{RecordAnswer, RecordQuery, RecordQuestion};
use crate::workspace::{Answer, Query, Snapshot};
use eframe::egui::Ui;
use std::collections::HashMap;
use std::sync::Arc;

/// Artifacts upwards that are drawn, nearest first; the others are told by their number.
const MAX_DRAWN: usize = 60;
/// Artifacts that the way back remembers.
const MAX_TRAIL: usize = 8;

/// Where one is.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The way here: artifacts with their titles; the last is looked at.
    trail: Vec<(ArtifactId, String)>,
    find: String,
    /// Whether everything made from it is listed.
    lists_all: bool,
}

/// How often the records have changed, as far as the window can see it: a new run, or one that came to its end.
pub(super) fn change(snapshot: &Snapshot) -> u64 {
    let newest = snapshot.ledger.lines.first();
    newest.map_or(0, |line| line.id.0 as u64 * 2 + u64::from(line.is_over()))
}

fn question(snapshot: &Snapshot, question: RecordQuestion) -> Query {
    let change = change(snapshot);
    Query::Records(RecordQuery { question, change })
}

fn asked(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    query: &Query,
    what: &str,
) -> Option<Arc<Answer>> {
    answer::ready(ui, context, query, what)
}

/// What an artifact is called: its type, and its name or the beginning of its hash.
fn title(artifact: &ArtifactRef) -> String {
    record::short_kind(&artifact.kind).to_owned()
}

fn text(node: &LineageNode) -> String {
    if node.name.is_empty() {
        node.artifact.hash.short().to_owned()
    } else {
        node.name.clone()
    }
}

/// The colour of a type: data, models, judgements.
fn tone(kind: &str) -> Tone {
    match record::short_kind(kind) {
        "Examples" | "Batches" | "Split" => Tone::Series(0),
        "Statistics" | "Schema" | "Anomalies" | "TransformGraph" => Tone::Series(2),
        "Model" | "PushedModel" => Tone::Candidate,
        _ => Tone::Accent,
    }
}

/// The room and page that show artifacts of a type.
fn room_of(kind: &str) -> (Room, usize) {
    match record::short_kind(kind) {
        "Examples" | "Batches" => (Room::Data, 1),
        "Statistics" => (Room::Data, 0),
        "Schema" => (Room::Data, 2),
        "Anomalies" => (Room::Data, 3),
        "Model" | "Leaderboard" => (Room::Models, 0),
        "PushedModel" => (Room::Models, 1),
        "Evaluation" => (Room::Compare, 0),
        "Blessing" => (Room::Compare, 1),
        _ => (Room::Pipeline, 0),
    }
}

impl Walk {
    /// Looks at an artifact from the next frame on.
    pub(super) fn go_to(&mut self, artifact: &ArtifactRef) {
        let words = format!("{} {}", title(artifact), &artifact.hash.as_str()[..6]);
        self.lists_all = false;
        self.find.clear();
        match self.trail.iter().position(|(id, _)| *id == artifact.id) {
            Some(at) => self.trail.truncate(at + 1),
            None => self.trail.push((artifact.id, words)),
        }
        if self.trail.len() > MAX_TRAIL {
            self.trail.remove(0);
        }
    }

    /// Shows the page.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        if self.trail.is_empty()
            && let Some(first) = first(snapshot)
        {
            self.go_to(&first);
        }
        search(
            ui,
            "Find an artifact: name, type, hash, run 12, v3",
            &mut self.find,
            420.0,
            None,
        );
        ui.add_space(space::S);
        if !self.find.trim().is_empty() {
            self.found(ui, snapshot, context);
            return;
        }
        let Some((here, _)) = self.trail.last() else {
            let words = "No run has made anything yet.";
            state::empty(ui, icons::LINEAGE, "Nothing to walk over", words, None);
            return;
        };
        let here = *here;
        let words: Vec<&str> = self.trail.iter().map(|(_, words)| words.as_str()).collect();
        if let Some(back) = breadcrumb(ui, &words) {
            self.trail.truncate(back + 1);
            self.lists_all = false;
            return;
        }
        let query = question(snapshot, RecordQuestion::Lineage(here));
        let Some(answer) = asked(ui, context, &query, "the lineage") else {
            return;
        };
        if let Answer::Records(answer) = &*answer
            && let RecordAnswer::Lineage(lineage) = &**answer
        {
            self.lineage(ui, lineage, snapshot, context);
        }
    }

    fn lineage(
        &mut self,
        ui: &mut Ui,
        lineage: &Lineage,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        let Some(here) = lineage.upstream.first() else {
            return;
        };
        let drawn = Drawn::of(lineage);
        ui.add_space(space::XS);
        let graph = LineageGraph {
            boxes: &drawn.boxes,
            edges: &drawn.edges,
        };
        let chosen = graph.show(ui, 360.0);
        if lineage.upstream.len() > MAX_DRAWN {
            let words = format!(
                "and {} more, further up",
                number::count((lineage.upstream.len() - MAX_DRAWN) as u64)
            );
            ui.label(Type::Small.rich(words, Tokens::of(ui).text_weak));
        }
        match chosen.map(|at| drawn.means[at]) {
            Some(Means::Artifact(at)) => self.go_to(&lineage.upstream[at].artifact),
            Some(Means::Readers(_)) => self.lists_all = true,
            None => {}
        }
        ui.add_space(space::M);
        let wide = ui.available_width() > 900.0;
        let mut lists_all = self.lists_all;
        if wide {
            ui.columns(2, |columns| {
                if let [left, right] = columns {
                    about(left, here, lineage, snapshot, context);
                    lists_all |= readers(right, &lineage.readers, context);
                }
            });
        } else {
            about(ui, here, lineage, snapshot, context);
            ui.add_space(space::S);
            lists_all |= readers(ui, &lineage.readers, context);
        }
        self.lists_all = lists_all;
        if self.lists_all {
            ui.add_space(space::M);
            self.made_from(ui, here.artifact.id, snapshot, context);
        }
    }

    fn made_from(
        &mut self,
        ui: &mut Ui,
        here: ArtifactId,
        snapshot: &Snapshot,
        context: &mut PanelContext<'_>,
    ) {
        let query = question(snapshot, RecordQuestion::MadeFrom(here));
        let Some(answer) = asked(ui, context, &query, "what was made from it") else {
            return;
        };
        if let Answer::Records(answer) = &*answer
            && let RecordAnswer::Artifacts(list) = &**answer
        {
            section(ui, "Everything that was made from it", |_| ());
            self.list(ui, "Artifacts made from it", list);
        }
    }

    fn found(&mut self, ui: &mut Ui, snapshot: &Snapshot, context: &mut PanelContext<'_>) {
        let wanted = RecordQuestion::Find(self.find.trim().to_owned());
        let query = question(snapshot, wanted);
        let Some(answer) = asked(ui, context, &query, "the artifacts") else {
            return;
        };
        if let Answer::Records(answer) = &*answer
            && let RecordAnswer::Artifacts(list) = &**answer
        {
            if list.nodes.is_empty() {
                let words = "Try a part of a file's name, a type such as model, the first digits of a hash, run 12, or v3.";
                state::empty(ui, icons::SEARCH, "No such artifact", words, None);
                return;
            }
            self.list(ui, "Artifacts found", list);
        }
    }

    /// A list of artifacts; one that is clicked is looked at.
    fn list(&mut self, ui: &mut Ui, name: &str, list: &ArtifactList) {
        let n = list.nodes.len() as u64;
        let more = if list.is_cut { "The first " } else { "" };
        let words = format!("{more}{}", number::counted(n, "artifact", "artifacts"));
        ui.label(Type::Small.rich(words, Tokens::of(ui).text_weak));
        let columns = [
            Column::text("Type").width(120.0).sortable(false),
            Column::text("Name").width(200.0).fill().sortable(false),
            Column::text("Hash").width(118.0).sortable(false),
            Column::text("Made by").width(110.0).sortable(false),
            Column::number("Run").width(70.0).sortable(false),
            Column::number("Size").width(84.0).sortable(false),
        ];
        let table = Table::new(name, &columns, list.nodes.len()).max_height(420.0);
        let done = table.show(ui, |cell, row, column| {
            let node = &list.nodes[row];
            let producer = node.producer;
            match column {
                0 => cell.strong(title(&node.artifact)),
                1 => cell.text(&node.name),
                2 => cell.text(node.artifact.hash.short()),
                3 => cell.text(producer.map_or(number::MISSING, |step| step.kind.title())),
                4 => match producer {
                    Some(step) => cell.text(step.run.to_string()),
                    None => cell.weak(number::MISSING),
                },
                _ => cell.text(number::bytes(node.artifact.n_bytes)),
            }
        });
        if let Some(row) = done.opened.or(done.selected) {
            self.go_to(&list.nodes[row].artifact);
        }
    }
}

/// Where to begin: the model in production, or else the newest model.
fn first(snapshot: &Snapshot) -> Option<ArtifactRef> {
    let wanted = snapshot.production().map(|model| &model.hash);
    let outputs = || {
        let steps = snapshot.runs.iter().flat_map(|run| &run.steps);
        steps.flat_map(|step| &step.outputs)
    };
    let in_production = outputs().find(|o| o.kind == "lockkeeper.Model" && Some(&o.hash) == wanted);
    let model = || outputs().find(|o| o.kind == "lockkeeper.Model");
    in_production
        .or_else(model)
        .or_else(|| outputs().next())
        .cloned()
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Means {
    Artifact(usize),
    Readers(usize),
}

/// The graph.
struct Drawn {
    boxes: Vec<LineageBox>,
    edges: Vec<(usize, usize)>,
    means: Vec<Means>,
}

impl Drawn {
    fn of(lineage: &Lineage) -> Self {
        let shown = &lineage.upstream[..lineage.upstream.len().min(MAX_DRAWN)];
        let depths = depths(shown);
        let farthest = depths.iter().copied().max().unwrap_or(0);
        let mut drawn = Self {
            boxes: Vec::new(),
            edges: Vec::new(),
            means: Vec::new(),
        };
        let mut place: HashMap<ArtifactId, usize> = HashMap::new();
        for (at, node) in shown.iter().enumerate() {
            let by = node
                .producer
                .map(|step| format!("{}, run {}", step.kind.title(), step.run));
            place.insert(node.artifact.id, at);
            drawn.boxes.push(LineageBox {
                title: match by {
                    Some(by) => format!("{} · {by}", title(&node.artifact)),
                    None => title(&node.artifact),
                },
                text: text(node),
                tone: tone(&node.artifact.kind),
                column: farthest - depths[at],
                is_here: at == 0,
            });
            drawn.means.push(Means::Artifact(at));
        }
        for (at, node) in shown.iter().enumerate() {
            let from = node.parents.iter().filter_map(|parent| place.get(parent));
            drawn.edges.extend(from.map(|from| (*from, at)));
        }
        for (at, readers) in lineage.readers.iter().enumerate() {
            drawn.edges.push((0, drawn.boxes.len()));
            drawn.boxes.push(LineageBox {
                title: format!("read by {}", readers.kind.title()),
                text: outputs_in_words(readers),
                tone: Tone::Neutral,
                column: farthest + 1,
                is_here: false,
            });
            drawn.means.push(Means::Readers(at));
        }
        drawn
    }
}

/// How many steps each artifact is away by the longest way, so that everything stands right of what it was made from.
fn depths(shown: &[LineageNode]) -> Vec<usize> {
    let place: HashMap<ArtifactId, usize> = shown
        .iter()
        .enumerate()
        .map(|(at, node)| (node.artifact.id, at))
        .collect();
    let mut depths = vec![0; shown.len()];
    // Each round settles one more step of every way; records that go in a circle end with the rounds.
    for _ in 0..shown.len() {
        let mut is_settled = true;
        for (at, node) in shown.iter().enumerate() {
            for parent in node.parents.iter().filter_map(|parent| place.get(parent)) {
                let depth = (depths[at] + 1).min(shown.len());
                if depths[*parent] < depth {
                    depths[*parent] = depth;
                    is_settled = false;
                }
            }
        }
        if is_settled {
            break;
        }
    }
    depths
}

fn outputs_in_words(readers: &Readers) -> String {
    let runs = number::counted(readers.n_runs as u64, "run", "runs");
    let outputs: Vec<String> = readers
        .outputs
        .iter()
        .map(|(kind, n)| format!("{} {}", number::whole(*n), record::short_kind(kind)))
        .collect();
    if outputs.is_empty() {
        format!("in {runs}")
    } else {
        format!("in {runs} → {}", outputs.join(", "))
    }
}

/// The facts of the artifact that is looked at.
fn about(
    ui: &mut Ui,
    here: &LineageNode,
    lineage: &Lineage,
    snapshot: &Snapshot,
    context: &mut PanelContext<'_>,
) {
    let artifact = &here.artifact;
    card(ui, |ui| {
        section(ui, &title(artifact), |ui| {
            let run = here.producer.map(|step| step.run);
            let is_known = run.is_some_and(|id| snapshot.runs.iter().any(|r| r.id == id));
            let against = (!is_known).then_some("Its run is not among the newest ones");
            let open = Button::new("Open").icon(icons::OPEN).unless(against);
            if open.tooltip("In the room that shows it").show(ui).clicked() {
                context.selection.run = run;
                let (room, page) = room_of(&artifact.kind);
                context.act(Action::GoPage(room, page));
            }
            if Button::new("Copy hash")
                .icon(icons::COPY)
                .show(ui)
                .clicked()
            {
                context.act(Action::Copy(artifact.hash.to_string()));
            }
        });
        let mut list = vec![
            Fact::text("Name", &here.name),
            Fact::number("Hash", artifact.hash.short()).copies(artifact.hash.as_str()),
            Fact::number("Size", number::bytes(artifact.n_bytes)),
            Fact::number("File", &artifact.uri),
        ];
        if let Some(step) = here.producer {
            let words = format!("{} of run {}", step.kind.title(), step.run);
            list.push(Fact::text("Made by", words));
        }
        for version in &lineage.versions {
            list.push(Fact::text("Registered as", format!("v{version}")));
        }
        for (name, value) in &lineage.properties {
            list.push(Fact::number(name, value.to_string()));
        }
        list.push(Fact::number(
            "Made from",
            number::count(lineage.upstream.len() as u64 - 1),
        ));
        facts(ui, &list);
    });
}

/// The steps that read it; true when everything that came of it is to be listed.
fn readers(ui: &mut Ui, readers: &[Readers], context: &mut PanelContext<'_>) -> bool {
    let mut lists_all = false;
    card(ui, |ui| {
        section(ui, "Read by", |ui| {
            let against = readers.is_empty().then_some("Nothing was made from it");
            let all = Button::new("List everything made from it").unless(against);
            lists_all = all.show(ui).clicked();
        });
        if readers.is_empty() {
            let weak = Tokens::of(ui).text_weak;
            ui.label(Type::Body.rich("No step has read it.", weak));
            return;
        }
        let columns = [
            Column::text("Step").width(110.0).sortable(false),
            Column::number("Runs").width(70.0).sortable(false),
            Column::number("Newest run").width(100.0).sortable(false),
            Column::text("Made").width(140.0).fill().sortable(false),
        ];
        let table = Table::new("Steps that read it", &columns, readers.len()).max_height(300.0);
        let done = table.show(ui, |cell, row, column| {
            let one = &readers[row];
            match column {
                0 => cell.strong(one.kind.title()),
                1 => cell.text(number::whole(one.n_runs)),
                2 => cell.text(one.newest.run.to_string()),
                _ => cell.text(outputs_in_words(one)),
            }
        });
        if let Some(row) = done.selected {
            context.selection.run = Some(readers[row].newest.run);
            context.selection.step = Some(readers[row].kind);
        }
    });
    lists_all
}
