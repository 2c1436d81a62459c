//! Requests by hand, over sockets that can be given up at any byte or left alone.

use reqwest::Method;
use reqwest::header::COOKIE;
use std::io;
use system_tests::Api;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const TAIL: &[u8] = b"\r\n--XX--\r\n";

/// A whole request that uploads a file.
pub fn upload(api: &Api, name: &str, bytes: &[u8]) -> Vec<u8> {
    let part = format!("--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let form = [part.as_bytes(), bytes, TAIL].concat();
    let fields = format!("content-type: multipart/form-data; boundary=XX\r\ncontent-length: {}\r\n", form.len());
    [head(api, Method::POST, &format!("/drives/{}/files", api.drive), &fields).as_bytes(), &form].concat()
}

/// A whole request that reads a file.
pub fn download(api: &Api, id: &str) -> Vec<u8> {
    head(api, Method::GET, &format!("/files/{id}/original"), "").into_bytes()
}

/// Connects and sends so much of a request.
pub async fn send(url: &str, bytes: &[u8]) -> io::Result<TcpStream> {
    let mut socket = TcpStream::connect(url.trim_start_matches("http://")).await?;
    socket.write_all(bytes).await?;
    Ok(socket)
}

fn head(api: &Api, method: Method, path: &str, fields: &str) -> String {
    let request = api.request(method.clone(), path).build().unwrap();
    let cookie = request.headers()[COOKIE].to_str().unwrap();
    let (path, origin) = (request.url().path(), request.url().origin().ascii_serialization());
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\norigin: {origin}\r\n{fields}\r\n")
}
