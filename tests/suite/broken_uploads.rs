//! Uploads that break off, over real sockets through web into the processor: nothing is kept of them, however they end.

use reqwest::Method;
use reqwest::header::COOKIE;
use system_tests::{Api, Name, Suite};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LIMIT_BYTES: usize = 300_000;
const ROUNDS: usize = 40;
const TAIL: &[u8] = b"\r\n--XX--\r\n";

/// A form of one file, before its last boundary.
fn form(size_bytes: usize) -> Vec<u8> {
    let mut form = b"--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n".to_vec();
    form.resize(form.len() + size_bytes, b'x');
    form
}

/// Begins a chunked upload and sends so much of it, in chunks.
async fn begin(suite: &Suite, api: &Api, form: &[u8]) -> TcpStream {
    let path = format!("/drives/{}/files", api.drive);
    let request = api.request(Method::POST, &path).build().unwrap();
    let url = suite.url(Name::Web);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncookie: {}\r\norigin: {url}\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=XX\r\ntransfer-encoding: chunked\r\n\r\n",
        request.url().path(),
        request.headers()[COOKIE].to_str().unwrap(),
    );
    let mut socket = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    for chunk in form.chunks(16 << 10) {
        let chunk = [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
        socket.write_all(&chunk).await.unwrap();
    }
    socket
}

/// Ends an upload and gives the status of the answer.
async fn end(mut socket: TcpStream) -> String {
    socket.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap_or_default().into()
}

/// The end of the channel through web was the end of the form for the processor, and whoever was told that the file was too large
/// had a part of it in the drive.
#[tokio::test]
async fn an_upload_that_breaks_off_is_never_a_whole_file() {
    let limit = LIMIT_BYTES.to_string();
    let settings = Suite::of(&[Name::Processor, Name::Web]).set(Name::Web, "UPLOAD_MAX_BYTES", &limit);
    let mut suite = settings.start().await;
    let api = suite.api().await;
    let whole = form(LIMIT_BYTES);
    for _ in 0..ROUNDS {
        // Too large by a byte, said at the very end.
        let too_large = [form(LIMIT_BYTES + 1), TAIL.to_vec()].concat();
        assert_eq!(end(begin(&suite, &api, &too_large).await).await, "413");
        // Cut in the head, after it, in the file, before its end; by a connection that is lost, and by a body that ends.
        for cut in [20, form(0).len(), form(100_000).len(), whole.len()] {
            drop(begin(&suite, &api, &whole[..cut]).await);
            assert_eq!(end(begin(&suite, &api, &whole[..cut]).await).await, "400", "cut at {cut}");
        }
    }
    let accepted = begin(&suite, &api, &[whole, TAIL.to_vec()].concat()).await;
    assert_eq!(end(accepted).await, "201");
    // What is still under way ends before they do.
    suite.stop(Name::Web).await;
    suite.stop(Name::Processor).await;
    let sizes: Vec<i64> =
        sqlx::query_scalar("select c.size_bytes from files f join contents c on c.hash = f.content_hash")
            .fetch_all(suite.pool())
            .await
            .unwrap();
    assert_eq!(sizes, [LIMIT_BYTES as i64]);
}
