//! A minimal SMTP server whose replies a test determines.

use parking_lot::{Condvar, Mutex};
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
};

/// Reply to the end of an email's data.
#[derive(Clone, Copy)]
pub enum Reply {
    /// Replies with this line.
    Line(&'static str),
    /// Accepts the data, then closes the connection without a reply.
    HangUp,
    /// Accepts the data, then waits for [`SmtpServer::release`].
    Hold,
}

/// A received email, whether it was accepted or not.
#[derive(Clone, Debug)]
pub struct Received {
    pub recipient: String,
    pub data: String,
}

impl Received {
    /// Returns the value of a header, unfolded.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let head = head.replace("\r\n ", " ");
        let found = head.lines().find_map(|line| {
            let (other, value) = line.split_once(": ")?;
            other.eq_ignore_ascii_case(name).then(|| value.to_owned())
        });
        found.unwrap_or_else(|| panic!("no {name} in {head}"))
    }
}

#[derive(Default)]
struct State {
    /// Extensions announced in addition to 8BITMIME.
    extensions: Vec<&'static str>,
    mails: Vec<Received>,
    /// Replies to the next emails, in order. Later emails are accepted.
    replies: VecDeque<Reply>,
    released: bool,
}

/// An SMTP server on its own port.
pub struct SmtpServer {
    addr: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl SmtpServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts with extensions in addition to 8BITMIME.
    pub fn start_with(extensions: &[&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("binds");
        let addr = listener.local_addr().expect("has an address");
        let state = {
            let state = State {
                extensions: extensions.to_vec(),
                ..State::default()
            };
            Arc::new((Mutex::new(state), Condvar::new()))
        };
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                std::thread::spawn(move || stream.map(|stream| serve(stream, &shared)));
            }
        });
        Self { addr, state }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.addr)
    }

    /// Sets the replies to the next emails. Later emails are accepted.
    pub fn answer(&self, replies: &[Reply]) {
        self.state.0.lock().replies.extend(replies);
    }

    /// Returns every received email, in order.
    pub fn mails(&self) -> Vec<Received> {
        self.state.0.lock().mails.clone()
    }

    /// Waits until this number of emails was received.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        super::eventually(|| Some(self.mails()).filter(|mails| mails.len() >= count))
    }

    /// Closes the connections of held emails.
    pub fn release(&self) {
        self.state.0.lock().released = true;
        self.state.1.notify_all();
    }
}

fn serve(stream: TcpStream, state: &(Mutex<State>, Condvar)) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let say = |line: &str| (&stream).write_all(format!("{line}\r\n").as_bytes());
    let mut recipient = String::new();
    say("220 test ESMTP")?;
    while let Some(line) = lines.next().transpose()? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let extensions = state.0.lock().extensions.clone();
                let lines = extensions.iter().map(|name| format!("250-{name}\r\n"));
                say(&format!(
                    "250-test\r\n{}250 8BITMIME",
                    lines.collect::<String>()
                ))?;
            }
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut recipient);
                say("250 OK")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut data = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let mut guard = state.0.lock();
                let reply = guard.replies.pop_front().unwrap_or(Reply::Line("250 OK"));
                guard.mails.push(Received {
                    recipient: recipient.clone(),
                    data,
                });
                match reply {
                    Reply::Line(line) => {
                        drop(guard);
                        say(line)?;
                    }
                    Reply::HangUp => return stream.shutdown(Shutdown::Both),
                    Reply::Hold => {
                        state.1.wait_while(&mut guard, |state| !state.released);
                        return stream.shutdown(Shutdown::Both);
                    }
                }
            }
            "QUIT" => {
                say("221 bye")?;
                return Ok(());
            }
            _ => say("250 OK")?,
        }
    }
    Ok(())
}
