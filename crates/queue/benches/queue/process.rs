//! A child, seen from the driver: it says `ready`, hears `go`, and answers with one line of JSON.

use crate::system::System;
use serde_json::Value;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

pub struct Process {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a child in its role and waits until it is ready.
    pub async fn start(system: System, url: &str, role: &str, parameters: &Value) -> Self {
        let mut child = system
            .command()
            .args([role, &parameters.to_string()])
            .env("DATABASE_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the child starts; the peers need `npm ci` in benches/peers");
        let stdin = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self { child, stdin, lines };
        assert_eq!(process.line().await, "ready", "{} {role}", system.name());
        process
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("it has not been waited for")
    }

    pub async fn tell(&mut self, line: &str) {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await.expect("the child listens");
    }

    /// The next line it says. Nothing is lost if this is dropped while it waits.
    pub async fn line(&mut self) -> String {
        self.lines.next_line().await.unwrap().expect("the child has not ended; what it said about that stands above")
    }

    /// The results, skipping what else it says. The caller ends it by dropping it.
    pub async fn results(&mut self) -> Value {
        loop {
            let line = self.line().await;
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }

    /// Waits until it is gone with its connections.
    pub async fn end(mut self) {
        self.child.kill().await.unwrap();
    }
}
