//! The commands of the command palette.

use crate::{
    keys::{
        creation::KeyCreation,
        logic::{
            action::KeyAction,
            text::{action_path, details_path},
        },
    },
    logic::score::score,
    logic::site_map::{ERRORS, PAGES, USAGE},
    state::{
        clipboard,
        mutation::Mutation,
        overlays::Overlays,
        sidebar::SidebarState,
        sign_out::sign_out,
        theme::{Theme, ThemeState},
        toasts::Toasts,
    },
    ui::icon::IconKind,
    usage::logic::query::parse_request_id,
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    docs::GUIDES, error::ErrorCode, ids::RequestId, key::KeyView, operation::OPERATIONS, role::Role,
};

/// Action of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandAction {
    /// Navigates to a path of the dashboard.
    Go(String),
    /// Lets the user select a key for the action with this verb.
    Choose(&'static str),
    /// Opens the dialog that creates a key.
    CreateKey,
    UseTheme(Theme),
    /// Collapses or expands the sidebar.
    ToggleSidebar,
    /// Copies the base URL of API calls.
    CopyBaseUrl,
    /// Opens the list of keyboard shortcuts.
    ShowShortcuts,
    SignOut,
}

/// A line of the command palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Heading of the command's group.
    pub group: &'static str,
    pub label: String,
    /// Text at the end of the line: a shortcut or some context.
    pub hint: String,
    pub icon: IconKind,
    pub action: CommandAction,
}

impl Command {
    fn new(
        group: &'static str,
        icon: IconKind,
        label: impl Into<String>,
        action: CommandAction,
    ) -> Self {
        Self {
            group,
            label: label.into(),
            hint: String::new(),
            icon,
            action,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Creates the command that opens a key on the management page.
    pub fn for_key(key: &KeyView) -> Self {
        let action = CommandAction::Go(details_path(&key.id));
        Self::new("API keys", IconKind::Key, &key.name, action).hint(key_hint(key))
    }

    /// Creates the command for an action on a key. `None` if its status doesn't allow it.
    pub fn on_key(action: KeyAction, key: &KeyView) -> Option<Self> {
        let is_possible = KeyAction::possible(key.status).contains(&action);
        let go = CommandAction::Go(action_path(&key.id, action));
        let label = format!("{}: {}", action.label(), key.name);
        is_possible.then(|| Self::new("API keys", icon(action), label, go).hint(key_hint(key)))
    }
}

fn key_hint(key: &KeyView) -> String {
    format!("{} · {}", key.masked_key, key.status.label())
}

const fn icon(action: KeyAction) -> IconKind {
    match action {
        KeyAction::Rotate => IconKind::Rotate,
        KeyAction::Disable => IconKind::Pause,
        KeyAction::Revoke => IconKind::Ban,
        _ => IconKind::Key,
    }
}

/// Returns the commands that match `query` and are available to `role`: by group, best matches
/// first.
pub fn matching(query: &str, role: Role) -> Vec<Command> {
    if role >= Role::Developer
        && let Some(id) = parse_request_id(query)
    {
        return vec![look_up(&id)];
    }
    let mut groups = vec![pages(role), actions(role)];
    // Too many to show for short queries.
    if query.trim().chars().count() >= 3 {
        if role >= Role::Developer {
            groups.push(documentation());
        }
        groups.push(error_codes());
    }
    groups
        .into_iter()
        .flat_map(|group| {
            let mut found: Vec<_> = group
                .into_iter()
                .filter_map(|command| Some((score(query, &command.label)?, command)))
                .collect();
            // The sort is stable: equal matches keep their order.
            found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            found.into_iter().map(|(_, command)| command)
        })
        .collect()
}

fn pages(role: Role) -> Vec<Command> {
    PAGES
        .iter()
        .filter(|page| page.is_open_to(Some(role)))
        .map(|page| {
            let label = format!("Go to {}", page.label);
            let action = CommandAction::Go(page.path.into());
            Command::new("Pages", IconKind::ArrowRight, label, action)
                .hint(format!("G {}", page.shortcut.to_ascii_uppercase()))
        })
        .collect()
}

fn actions(role: Role) -> Vec<Command> {
    let command = |icon, label, action| Command::new("Actions", icon, label, action);
    let mut actions = Vec::new();
    if role >= Role::Developer {
        let label = "Create API key";
        actions.push(command(IconKind::Plus, label, CommandAction::CreateKey).hint("C"));
        for (action, label) in [
            (KeyAction::Rotate, "Rotate a key…"),
            (KeyAction::Edit, "Edit a key’s permissions…"),
            (KeyAction::Revoke, "Revoke a key…"),
        ] {
            let choose = action.verb().map(CommandAction::Choose);
            actions.extend(choose.map(|choose| command(icon(action), label, choose)));
        }
    }
    let label = "Copy API base URL";
    actions.push(command(IconKind::Copy, label, CommandAction::CopyBaseUrl));
    for theme in Theme::ALL {
        let icon = match theme {
            Theme::Light => IconKind::Sun,
            Theme::Dark => IconKind::Moon,
            Theme::System => IconKind::Monitor,
        };
        let label = match theme {
            Theme::Light => "Use light theme",
            Theme::Dark => "Use dark theme",
            Theme::System => "Use the system’s theme",
        };
        actions.push(command(icon, label, CommandAction::UseTheme(theme)));
    }
    let label = "Fold or unfold the sidebar";
    actions.push(command(
        IconKind::PanelClose,
        label,
        CommandAction::ToggleSidebar,
    ));
    let label = "Show keyboard shortcuts";
    actions.push(command(IconKind::Keyboard, label, CommandAction::ShowShortcuts).hint("?"));
    actions.push(command(
        IconKind::LogOut,
        "Sign out",
        CommandAction::SignOut,
    ));
    actions
}

fn look_up(id: &RequestId) -> Command {
    let action = CommandAction::Go(format!("{USAGE}?request={id}"));
    Command::new(
        "Requests",
        IconKind::Search,
        format!("Look up {id}"),
        action,
    )
}

fn documentation() -> Vec<Command> {
    let command = |label: String, path: String, hint: &str| {
        Command::new(
            "Documentation",
            IconKind::Book,
            label,
            CommandAction::Go(path),
        )
        .hint(hint)
    };
    let guides = GUIDES
        .iter()
        .map(|guide| command(guide.label.into(), guide.path(), "Guide"));
    let operations = OPERATIONS
        .iter()
        .filter_map(|row| Some((row, row.docs_path()?)));
    // Operations are also found by their name in words: `send email`.
    let operations = operations.map(|(row, path)| {
        let name = row.id.replace('_', " ");
        command(format!("{}: {name}", row.route()), path, "Endpoint")
    });
    guides.chain(operations).collect()
}

fn error_codes() -> Vec<Command> {
    let command = |code: &ErrorCode| {
        let action = CommandAction::Go(format!("{ERRORS}#{code}"));
        Command::new("Error codes", IconKind::CircleAlert, code.as_str(), action).hint(code.title())
    };
    ErrorCode::ALL.iter().map(command).collect()
}

/// The state that commands act on.
#[derive(Clone, Copy)]
pub struct CommandContext {
    sign_out: Mutation<()>,
    theme: ThemeState,
    sidebar: SidebarState,
    toasts: Toasts,
    overlays: Overlays,
    creation: KeyCreation,
}

impl CommandContext {
    /// Collects the state from contexts.
    pub fn expect() -> Self {
        Self {
            sign_out: sign_out(),
            theme: ThemeState::expect(),
            sidebar: SidebarState::expect(),
            toasts: Toasts::expect(),
            overlays: Overlays::expect(),
            creation: KeyCreation::expect(),
        }
    }

    /// Runs a command. `navigate` opens a path.
    pub fn run(self, action: CommandAction, navigate: impl Fn(&str)) {
        match action {
            CommandAction::Go(path) => navigate(&path),
            // Handled by the palette.
            CommandAction::Choose(_) => {}
            CommandAction::CreateKey => self.creation.begin(),
            CommandAction::UseTheme(theme) => self.theme.choose(theme),
            CommandAction::ToggleSidebar => self.sidebar.toggle(),
            CommandAction::ShowShortcuts => self.overlays.shortcuts.set(true),
            CommandAction::CopyBaseUrl => spawn_local(async move {
                let url = window().location().origin().unwrap_or_default();
                if clipboard::copy(&url).await {
                    self.toasts.success(format!("Copied {url}."));
                } else {
                    self.toasts.error(format!(
                        "The browser did not allow copying. The URL is {url}."
                    ));
                }
            }),
            CommandAction::SignOut => self.sign_out.dispatch(()),
        }
    }
}
