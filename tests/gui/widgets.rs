//! The house widgets, driven by their labels as a person or a screen reader would, without a display. The charts are
//! in `charts`.

use eframe::egui::{self, Key, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use lockkeeper::gui::{
    icons,
    raster::Raster,
    theme::{self, Tokens, Tone, contrast},
    widgets::{
        banner::Banner,
        breadcrumb::breadcrumb,
        button::Button,
        confirm::{Answer, Confirm},
        facts::{Fact, facts},
        field::Field,
        gate::GateState,
        nav::nav_item,
        pipeline::{Node, Part, PipelineGraph},
        progress::{Job, job_chip},
        search::search,
        segmented::segmented,
        state::{self, FailedAction, Problem},
        step::StepState,
        table::{Column, Sort, Table},
        toast::{Toast, Toasts},
    },
};

fn harness<'a, S: 'a>(state: S, show: impl FnMut(&mut egui::Ui, &mut S) + 'a) -> Harness<'a, S> {
    let mut harness = Harness::builder()
        .with_size([900.0, 600.0])
        .with_context_setup(theme::install)
        .build_ui_state(show, state);
    harness.run_ok();
    harness
}

fn press(harness: &mut Harness<'_, impl Sized>, key: Key) {
    harness.key_press(key);
    harness.run_ok();
}

fn is_on(node: &egui_kittest::Node<'_>) -> bool {
    node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

#[test]
fn a_button_is_pressed_by_mouse_and_by_key_and_not_when_disabled() {
    let mut harness = harness((0, 0), |ui, (n_run, n_promote)| {
        *n_run += i32::from(
            Button::new("Run")
                .icon(icons::RUN)
                .primary()
                .show(ui)
                .clicked(),
        );
        let promote = Button::new("Promote").unless(Some("The gate said no"));
        *n_promote += i32::from(promote.show(ui).clicked());
    });
    harness.get_by_label("Run").click();
    harness.run_ok();
    harness.get_by_label("Run").focus();
    harness.run_ok();
    press(&mut harness, Key::Enter);
    harness.get_by_label("Promote").click();
    harness.run_ok();
    assert_eq!(*harness.state(), (2, 0));
}

#[test]
fn a_table_at_the_end_of_a_page_that_scrolls_keeps_its_rows() {
    let columns = [Column::text("Segment").fill()];
    let harness = harness(0.0, |ui, height| {
        egui::ScrollArea::vertical().show(ui, |ui| {
            ui.add_space(590.0);
            let begun = ui.cursor().top();
            let table = Table::new("Segments", &columns, 3).max_height(140.0);
            table.show(ui, |cell, row, _| cell.text(format!("segment {row}")));
            *height = ui.cursor().top() - begun;
        });
    });
    // A head and three rows of 28 each.
    let height = *harness.state();
    assert!(height >= 4.0 * 28.0, "{height}");
}

#[derive(Default)]
struct Listing {
    selected: Option<usize>,
    opened: Option<usize>,
    sort: Option<Sort>,
}

fn listing<'a>(n_rows: usize) -> Harness<'a, Listing> {
    let columns = [Column::text("Segment").fill(), Column::number("Rows")];
    harness(Listing::default(), move |ui, listing| {
        let table = Table::new("Segments", &columns, n_rows)
            .sort(listing.sort)
            .selected(listing.selected);
        let done = table.show(ui, |cell, row, column| match column {
            0 => cell.strong(format!("segment {row}")),
            _ => cell.text(format!("{}", row * 10)),
        });
        listing.selected = done.selected.or(listing.selected);
        listing.opened = done.opened.or(listing.opened);
        listing.sort = done.sort.or(listing.sort);
    })
}

#[test]
fn a_table_selects_sorts_and_opens() {
    let mut harness = listing(1_000_000);
    harness.get_by_label("segment 3, 30").click();
    harness.run_ok();
    assert_eq!(harness.state().selected, Some(3));
    assert!(is_on(&harness.get_by_label("segment 3, 30")));
    assert!(
        harness.query_by_label_contains("segment 999").is_none(),
        "only rows in sight are drawn"
    );

    harness.get_by_label("Rows").click();
    harness.run_ok();
    assert_eq!(harness.state().sort, Some(Sort::descending(1)));
    harness.get_by_label("Rows, largest first").click();
    harness.run_ok();
    assert_eq!(harness.state().sort, Some(Sort::ascending(1)));
}

#[test]
fn a_table_is_one_tab_stop_with_arrow_keys() {
    let mut harness = listing(50);
    harness.get_by_label("Segments, 50 rows").focus();
    harness.run_ok();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    assert_eq!(harness.state().selected, Some(1));
    press(&mut harness, Key::End);
    assert_eq!(harness.state().selected, Some(49));
    assert!(
        harness.query_by_label("segment 49, 490").is_some(),
        "the selected row comes into sight"
    );
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().opened, Some(49));
}

#[test]
fn arrow_keys_go_on_from_the_row_that_was_clicked() {
    let mut harness = listing(50);
    harness.get_by_label("segment 3, 30").click();
    harness.run_ok();
    press(&mut harness, Key::ArrowDown);
    assert_eq!(harness.state().selected, Some(4));
}

#[test]
fn sorting_keeps_the_order_of_equals() {
    let values = [2, 1, 2, 1];
    let by_value = |a: usize, b: usize| values[a].cmp(&values[b]);
    assert_eq!(Sort::ascending(0).order(4, by_value), [1, 3, 0, 2]);
    assert_eq!(Sort::descending(0).order(4, by_value), [0, 2, 1, 3]);
}

#[test]
fn fields_are_named_by_their_labels() {
    let state = (String::new(), 0.5_f64, 0_usize, vec![false, true], false);
    let mut harness = harness(state, |ui, (name, rate, choice, chosen, is_strict)| {
        Field::new("Name")
            .problem(Some("Give a name"))
            .text(ui, name);
        Field::new("Learning rate").number(ui, rate, 0.0..=1.0);
        Field::new("Target").choice(ui, choice, &["arr_delay", "is_late"]);
        Field::new("Algorithms").chips(ui, chosen, &["logistic", "tree"]);
        Field::new("Strict").toggle(ui, is_strict);
    });
    assert!(harness.query_by_label("Give a name").is_some());
    harness
        .get_by_role_and_label(Role::TextInput, "Name")
        .focus();
    harness.run_ok();
    harness
        .get_by_role_and_label(Role::TextInput, "Name")
        .type_text("late");
    harness.run_ok();
    assert!(
        harness
            .query_by_role_and_label(Role::SpinButton, "Learning rate")
            .is_some()
    );
    harness.get_by_label("logistic").click();
    harness.get_by_label("Strict").click();
    harness.run_ok();
    harness
        .get_by_role_and_label(Role::ComboBox, "Target")
        .click();
    harness.run_ok();
    harness.get_by_label("is_late").click();
    harness.run_ok();
    let (name, _, choice, chosen, is_strict) = harness.state();
    assert_eq!(
        (name.as_str(), *choice, chosen.as_slice(), *is_strict),
        ("late", 1, &[true, true][..], true)
    );
}

#[test]
fn a_segment_is_chosen_by_mouse_and_by_arrow() {
    let mut harness = harness(0, |ui, chosen| {
        segmented(ui, "Metric", chosen, &["Accuracy", "Log loss", "AUC"]);
    });
    harness.get_by_label("Log loss").click();
    harness.run_ok();
    assert_eq!(*harness.state(), 1);
    harness.get_by_label("Log loss").focus();
    harness.run_ok();
    press(&mut harness, Key::ArrowRight);
    assert_eq!(*harness.state(), 2);
}

#[test]
fn search_and_breadcrumb_and_side_bar_answer() {
    let state = ("carrier".to_owned(), None, false);
    let mut harness = harness(state, |ui, (text, step, is_gone)| {
        search(ui, "Find a segment", text, 240.0, Some((2, 41)));
        *step = breadcrumb(ui, &["Data", "Pipeline", "Compare"]).or(*step);
        *is_gone |= nav_item(ui, icons::HOME, "Start", false, 3).clicked();
    });
    harness.get_by_label("Clear find a segment").click();
    harness.get_by_label("Pipeline").click();
    harness.get_by_label("Start").click();
    harness.run_ok();
    assert_eq!(*harness.state(), (String::new(), Some(1), true));
}

#[test]
fn a_confirmation_wants_its_reason() {
    let question = Confirm::new("Promote version 4?", "It answers from now on.", "Promote")
        .with_required_reason("Reason");
    let mut harness = harness((question, None), |ui, (question, answer)| {
        if answer.is_none() {
            *answer = question.show(ui.ctx());
        }
    });
    harness.get_by_label("Promote").click();
    harness.run_ok();
    assert_eq!(harness.state().1, None);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Reason");
    field.focus();
    field.type_text("better overall");
    harness.run_ok();
    harness.get_by_label("Promote").click();
    harness.run_ok();
    assert_eq!(
        harness.state().1,
        Some(Answer::Yes {
            reason: "better overall".to_owned()
        })
    );
}

#[test]
fn escape_means_no() {
    let mut harness = harness(
        (
            Confirm::new("Delete?", "For good.", "Delete").danger(),
            None,
        ),
        |ui, (question, answer)| {
            if answer.is_none() {
                *answer = question.show(ui.ctx());
            }
        },
    );
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().1, Some(Answer::No));
}

#[test]
fn bad_news_stays_until_closed_and_in_the_history() {
    let mut toasts = Toasts::default();
    toasts.push(Toast::new(Tone::Good, "Saved"));
    toasts.push(Toast::new(Tone::Bad, "Disk full").action("Details"));
    let mut harness = harness(
        (toasts, None, false),
        |ui, (toasts, pressed, has_history)| {
            *pressed = toasts.show(ui.ctx()).or(pressed.take());
            if *has_history {
                toasts.history(ui);
            }
        },
    );
    for _ in 0..40 {
        harness.run_ok();
        harness.input_mut().time = Some(harness.input().time.unwrap_or(0.0) + 1.0);
        harness.step();
    }
    assert!(harness.query_by_label("Close: Saved").is_none());
    harness.get_by_label("Details").click();
    harness.run_ok();
    assert_eq!(
        harness.state().1.as_ref().map(Toast::text),
        Some("Disk full")
    );
    assert_eq!(harness.state().0.n_unread(), 2);
    harness.state_mut().2 = true;
    harness.run_ok();
    assert_eq!(harness.state().0.n_unread(), 0);
}

#[test]
fn states_offer_what_to_do() {
    let problem = Problem {
        summary: "No such file".to_owned(),
        place: "a.csv".to_owned(),
        ..Problem::default()
    };
    let mut harness = harness(
        (false, None, false),
        move |ui, (is_added, action, is_stopped)| {
            let button = Some(Button::new("Import…"));
            *is_added |= state::empty(
                ui,
                icons::DATASET,
                "No dataset",
                "Import one first.",
                button,
            );
            *action = state::failed(ui, &problem, true).or(*action);
            *is_stopped |= job_chip(
                ui,
                &Job {
                    text: "train".to_owned(),
                    ..Job::default()
                },
            );
            Banner::new(Tone::Bad, "STOP", "Two columns are missing.").show(ui);
            facts(ui, &[Fact::text("Name", "late-flights")]);
        },
    );
    harness.get_by_label("Import…").click();
    harness.get_by_label("Try again").click();
    harness.get_by_label("Stop train").click();
    harness.run_ok();
    assert_eq!(*harness.state(), (true, Some(FailedAction::Retry), true));
    assert!(
        harness
            .query_by_label("STOP: Two columns are missing.")
            .is_some()
    );
    assert!(
        harness
            .query_by_label_contains("Name: late-flights")
            .is_some()
            || harness.query_by_value("Name: late-flights").is_some()
    );
}

#[test]
fn the_pipeline_is_reached_by_key_and_says_its_gates() {
    let nodes = vec![
        Node::step("Ingest", "4 200 rows", StepState::Done),
        Node::gate("Data gate", "STOP", GateState::Shut),
        Node::step("Train", "", StepState::Canceled).parts(vec![Part {
            name: "tree".to_owned(),
            ..Part::default()
        }]),
    ];
    let mut harness = harness(None, move |ui, selected: &mut Option<usize>| {
        let graph = PipelineGraph {
            nodes: &nodes,
            edges: &[(0, 1), (1, 2)],
            selected: *selected,
        };
        *selected = graph.show(ui).selected.or(*selected);
    });
    harness.get_by_label("Data gate: shut, STOP").click();
    harness.run_ok();
    assert_eq!(*harness.state(), Some(1));
    harness.get_by_label_contains("Train: canceled").focus();
    harness.run_ok();
    press(&mut harness, Key::Enter);
    assert_eq!(*harness.state(), Some(2));
}

#[test]
fn text_can_be_read_on_every_surface() {
    for theme in [egui::Theme::Dark, egui::Theme::Light] {
        let tokens = Tokens::for_theme(theme);
        let surfaces = [
            tokens.background,
            tokens.panel,
            tokens.raised,
            tokens.control,
            tokens.field,
            tokens.hover,
            tokens.selected,
        ];
        let tones = [
            Tone::Accent,
            Tone::Good,
            Tone::Warn,
            Tone::Bad,
            Tone::Production,
            Tone::Candidate,
            Tone::Baseline,
        ]
        .into_iter()
        .chain((0..8).map(Tone::Series));
        for surface in surfaces {
            for ink in [tokens.text_strong, tokens.text, tokens.text_weak] {
                assert!(
                    contrast(ink, surface) >= 4.5,
                    "{theme:?}: {ink:?} on {surface:?} is {}",
                    contrast(ink, surface)
                );
            }
        }
        for tone in tones {
            for surface in [
                tokens.background,
                tokens.raised,
                tokens.panel,
                tokens.tint(tone),
            ] {
                let ratio = contrast(tokens.ink(tone), surface);
                assert!(
                    ratio >= 4.5,
                    "{theme:?}: {tone:?} on {surface:?} is {ratio}"
                );
            }
            for amount in [0.04, 0.3, 0.5, 0.8] {
                let surface = tokens.shade(tone, amount);
                assert!(
                    contrast(tokens.text_on(surface), surface) >= 4.5,
                    "{theme:?}: {tone:?} shaded {amount}"
                );
            }
        }
        assert!(
            contrast(tokens.on_accent, tokens.accent_fill) >= 4.5,
            "{theme:?} primary button"
        );
        assert!(
            contrast(tokens.on_accent, tokens.bad_fill) >= 4.5,
            "{theme:?} danger button"
        );
    }
}

#[test]
fn the_raster_paints_fills_clips_and_text() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let tokens = Tokens::for_theme(egui::Theme::Light);
    let mut raster = Raster::new();
    let mut image = None;
    for _ in 0..2 {
        let rect = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(200.0, 100.0));
        let input = egui::RawInput {
            screen_rect: Some(rect),
            ..Default::default()
        };
        let output = ctx.run_ui(input, |ui| {
            let painter = ui.painter();
            painter.rect_filled(rect, 0.0, tokens.raised);
            let left =
                painter.with_clip_rect(egui::Rect::from_min_max(rect.min, rect.center_bottom()));
            left.rect_filled(rect.shrink2(egui::vec2(0.0, 40.0)), 0.0, tokens.production);
            let font = theme::Type::Title.font();
            painter.text(
                egui::pos2(8.0, 4.0),
                egui::Align2::LEFT_TOP,
                "Lock",
                font,
                tokens.text_strong,
            );
        });
        image = raster.frame(&ctx, output);
    }
    let image = image.expect("a picture of 200 by 100");
    let at = |x, y| image.get_pixel(x, y).0;
    assert_eq!(image.dimensions(), (200, 100));
    assert_eq!(at(50, 50), tokens.production.to_array());
    assert_eq!(at(150, 50), tokens.raised.to_array());
    assert_eq!(at(50, 90), tokens.raised.to_array());
    let n_dark = (0..60)
        .flat_map(|x| (0..30).map(move |y| (x, y)))
        .filter(|&(x, y)| at(x, y)[0] < 90)
        .count();
    assert!(n_dark > 60, "letters were painted: {n_dark} dark pixels");
}
