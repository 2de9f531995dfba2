//! What the command palette can do.

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
        overlays::Overlays,
        session::Session,
        sidebar::SidebarState,
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

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandAction {
    /// Goes to an address of the dashboard.
    Go(String),
    /// Asks which key something is to be done with.
    Choose(&'static str),
    /// Opens the dialog that creates a key.
    CreateKey,
    /// Changes the theme.
    UseTheme(Theme),
    /// Folds or unfolds the sidebar.
    ToggleSidebar,
    /// Copies the address that API calls go to.
    CopyBaseUrl,
    /// Shows the shortcuts.
    ShowShortcuts,
    /// Signs out.
    SignOut,
}

/// A line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The heading that it stands under.
    pub group: &'static str,
    /// What it says.
    pub label: String,
    /// What stands at its end: a shortcut, or what the line is about.
    pub hint: String,
    /// Its icon.
    pub icon: IconKind,
    /// What it does.
    pub command_action: CommandAction,
}

impl Command {
    fn new(
        group: &'static str,
        icon: IconKind,
        label: impl Into<String>,
        command_action: CommandAction,
    ) -> Self {
        Self {
            group,
            label: label.into(),
            hint: String::new(),
            icon,
            command_action,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Opens a key on the management page.
    pub fn for_key(key: &KeyView) -> Self {
        let command_action = CommandAction::Go(details_path(&key.id));
        Self::new("API keys", IconKind::Key, &key.name, command_action).hint(key_hint(key))
    }

    /// Does something with a key, if that is possible in its status.
    pub fn on_key(action: KeyAction, key: &KeyView) -> Option<Self> {
        let is_possible = KeyAction::possible(key.status).contains(&action);
        let command_action = CommandAction::Go(action_path(&key.id, action));
        let label = format!("{}: {}", action.label(), key.name);
        is_possible
            .then(|| Self::new("API keys", icon(action), label, command_action).hint(key_hint(key)))
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

/// The commands for someone with this role that fit `query`: group by group, the
/// best of each first.
pub fn matching(query: &str, role: Role) -> Vec<Command> {
    if role >= Role::Developer
        && let Some(id) = parse_request_id(query)
    {
        return vec![look_up(&id)];
    }
    let mut groups = vec![pages(role), actions(role)];
    // Too many to show unasked.
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
            // Stable: what fits equally well stays in its order.
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
            let command_action = CommandAction::Go(page.path.into());
            Command::new("Pages", IconKind::ArrowRight, label, command_action)
                .hint(format!("G {}", page.shortcut.to_ascii_uppercase()))
        })
        .collect()
}

fn actions(role: Role) -> Vec<Command> {
    let action = |icon, label, command_action| Command::new("Actions", icon, label, command_action);
    let mut actions = Vec::new();
    if role >= Role::Developer {
        let label = "Create API key";
        actions.push(action(IconKind::Plus, label, CommandAction::CreateKey).hint("C"));
        for (command_action, label) in [
            (KeyAction::Rotate, "Rotate a key…"),
            (KeyAction::Edit, "Edit a key’s permissions…"),
            (KeyAction::Revoke, "Revoke a key…"),
        ] {
            let choose = command_action.verb().map(CommandAction::Choose);
            actions.extend(choose.map(|choose| action(icon(command_action), label, choose)));
        }
    }
    let label = "Copy API base URL";
    actions.push(action(IconKind::Copy, label, CommandAction::CopyBaseUrl));
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
        actions.push(action(icon, label, CommandAction::UseTheme(theme)));
    }
    let label = "Fold or unfold the sidebar";
    actions.push(action(
        IconKind::PanelClose,
        label,
        CommandAction::ToggleSidebar,
    ));
    let label = "Show keyboard shortcuts";
    actions.push(action(IconKind::Keyboard, label, CommandAction::ShowShortcuts).hint("?"));
    actions.push(action(IconKind::LogOut, "Sign out", CommandAction::SignOut));
    actions
}

fn look_up(id: &RequestId) -> Command {
    let command_action = CommandAction::Go(format!("{USAGE}?request={id}"));
    Command::new(
        "Requests",
        IconKind::Search,
        format!("Look up {id}"),
        command_action,
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
    // By its name in words, too: `send_email`.
    let operations = operations.map(|(row, path)| {
        let name = row.id.replace('_', " ");
        command(format!("{}: {name}", row.route()), path, "Endpoint")
    });
    guides.chain(operations).collect()
}

fn error_codes() -> Vec<Command> {
    let command = |code: &ErrorCode| {
        let command_action = CommandAction::Go(format!("{ERRORS}#{code}"));
        Command::new(
            "Error codes",
            IconKind::CircleAlert,
            code.as_str(),
            command_action,
        )
        .hint(code.title())
    };
    ErrorCode::ALL.iter().map(command).collect()
}

/// What commands act on.
#[derive(Clone, Copy)]
pub struct CommandContext {
    session: Session,
    theme: ThemeState,
    sidebar: SidebarState,
    toasts: Toasts,
    overlays: Overlays,
    creation: KeyCreation,
}

impl CommandContext {
    /// Takes them from context.
    pub fn expect() -> Self {
        Self {
            session: Session::expect(),
            theme: ThemeState::expect(),
            sidebar: SidebarState::expect(),
            toasts: Toasts::expect(),
            overlays: Overlays::expect(),
            creation: KeyCreation::expect(),
        }
    }

    /// Does what a command says; `navigate` goes to an address.
    pub fn run(self, command_action: CommandAction, navigate: impl Fn(&str)) {
        match command_action {
            CommandAction::Go(path) => navigate(&path),
            // Only the palette itself can ask.
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
            CommandAction::SignOut => spawn_local(async move {
                if let Err(error) = self.session.sign_out().await {
                    self.toasts.error(error.message());
                }
            }),
        }
    }
}
