//! Which addresses are asked: those that a link leads to may be anybody's, the suite's own among them.

use crate::server::{ALLOWED, INNER, Server, answer, redirect};
use http_body_util::BodyExt;
use jobs::outbound::{Lookup, Outbound, OutboundError};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

/// A look-up that knows these names. Of several answers to one name each is given once, in their order, and the last for ever.
#[derive(Clone, Default)]
struct Names {
    known: Arc<Mutex<HashMap<&'static str, Answers>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    fn with(self, name: &'static str, answers: &[&[&str]]) -> Self {
        let parsed = answers.iter().rev().map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect());
        self.known.lock().unwrap().insert(name, parsed.collect());
        self
    }

    fn outbound(&self) -> Outbound {
        let names = self.clone();
        let lookup: Lookup = Arc::new(move |host, port| {
            names.asked.lock().unwrap().push(host.clone());
            let mut known = names.known.lock().unwrap();
            let found = known.get_mut(host.as_str()).map(|answers| match answers.len() {
                1 => answers[0].clone(),
                _ => answers.pop().unwrap(),
            });
            let found = found.ok_or_else(|| std::io::Error::other("nobody has that name"));
            Box::pin(async move { Ok(found?.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()) })
        });
        Outbound::with_lookup(ALLOWED.parse().unwrap(), lookup)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The last is given first.
type Answers = Vec<Vec<IpAddr>>;

async fn text(outbound: &Outbound, url: &str) -> Result<String, OutboundError> {
    let answer = outbound.get(url).await?;
    let body = answer.body.collect().await.unwrap().to_bytes();
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

async fn error(outbound: &Outbound, url: &str) -> OutboundError {
    text(outbound, url).await.expect_err(url)
}

/// Every way to write an address that is not public, as a number and behind a name.
#[tokio::test]
async fn addresses_that_are_not_public_are_refused_and_never_asked() {
    let inner = Server::start(INNER, answer("200 OK", "", "secret")).await;
    let port = inner.port;
    let literals = [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[::127.0.0.1]",
    ];
    let outbound = Names::default().outbound();
    for host in literals {
        let url = format!("http://{host}:{port}/");
        assert_eq!(error(&outbound, &url).await, OutboundError::NotPublic, "{url}");
    }
    let behind_names = [
        "127.0.0.1",
        "10.1.2.3",
        "172.20.0.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1",
        "fd00::1",
        "64:ff9b::7f00:1",
        "224.0.0.251",
        "ff02::fb",
        "0.0.0.0",
    ];
    for address in behind_names {
        let outbound = Names::default().with("rebind.example", &[&[address]]).outbound();
        let url = inner.url("rebind.example", "/");
        assert_eq!(error(&outbound, &url).await, OutboundError::NotPublic, "{address}");
    }
    assert!(inner.heads().is_empty(), "{:?}", inner.heads());
}

/// A name with one address of ours among public ones.
#[tokio::test]
async fn a_name_with_an_inner_address_beside_others_is_not_asked() {
    let (outer, inner) =
        (Server::start(ALLOWED, answer("200 OK", "", "")).await, Server::start(INNER, answer("200 OK", "", "")).await);
    let names = Names::default().with("both.example", &[&[ALLOWED, INNER]]);
    for server in [&outer, &inner] {
        assert_eq!(error(&names.outbound(), &server.url("both.example", "/")).await, OutboundError::NotPublic);
        assert!(server.heads().is_empty());
    }
}

/// The name stands for a good address when it is looked at and for an inner one when it is connected to: there is but one look-up.
#[tokio::test]
async fn a_name_that_changes_between_two_lookups_leads_nowhere_else() {
    let outer = Server::start(ALLOWED, answer("200 OK", "", "public")).await;
    let names = Names::default().with("rebind.example", &[&[ALLOWED], &[INNER]]);
    let outbound = names.outbound();
    let url = outer.url("rebind.example", "/");
    assert_eq!(text(&outbound, &url).await.unwrap(), "public");
    assert_eq!(names.asked(), 1);
    assert!(outer.heads()[0].to_ascii_lowercase().contains("host: rebind.example:"), "the name is what is asked for");
    // The next request looks it up anew.
    assert_eq!(error(&outbound, &url).await, OutboundError::NotPublic);
    assert_eq!((names.asked(), outer.heads().len()), (2, 1));
}

/// The same, where the first answer is a redirect to the same name.
#[tokio::test]
async fn a_name_that_changes_before_a_redirect_is_refused() {
    let outer = Server::start(ALLOWED, redirect("302 Found", "/again")).await;
    let names = Names::default().with("rebind.example", &[&[ALLOWED], &[INNER]]);
    assert_eq!(error(&names.outbound(), &outer.url("rebind.example", "/")).await, OutboundError::NotPublic);
    assert_eq!((names.asked(), outer.heads().len()), (2, 1));
}

#[tokio::test]
async fn every_redirect_is_checked_again() {
    let inner = Server::start(INNER, answer("200 OK", "", "secret")).await;
    let names = Names::default().with("inner.example", &[&[INNER]]);
    let port = inner.port;
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        for (location, expected) in [
            (format!("http://127.0.0.1:{port}/"), OutboundError::NotPublic),
            (format!("//127.0.0.1:{port}/"), OutboundError::NotPublic),
            (format!("http://inner.example:{port}/"), OutboundError::NotPublic),
            (format!("http://[::ffff:127.0.0.1]:{port}/"), OutboundError::NotPublic),
            ("http://169.254.169.254/latest/meta-data/".into(), OutboundError::NotPublic),
            ("file:///etc/passwd".into(), OutboundError::BadUrl),
            ("ftp://example.org/".into(), OutboundError::BadUrl),
            (format!("http://user:secret@{ALLOWED}:{port}/"), OutboundError::BadUrl),
            ("http://".into(), OutboundError::BadUrl),
        ] {
            let outer = Server::start(ALLOWED, redirect(status, &location)).await;
            assert_eq!(error(&names.outbound(), &outer.url(ALLOWED, "/")).await, expected, "{status} {location}");
            assert_eq!(outer.heads().len(), 1);
        }
    }
    assert!(inner.heads().is_empty());
}

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let last = Server::start(ALLOWED, answer("200 OK", "", "there")).await;
    let mut server = last;
    for _ in 0..5 {
        server = Server::start(ALLOWED, redirect("302 Found", &server.url(ALLOWED, "/"))).await;
    }
    let outbound = Names::default().outbound();
    assert_eq!(text(&outbound, &server.url(ALLOWED, "/")).await.unwrap(), "there");
    let one_more = Server::start(ALLOWED, redirect("302 Found", &server.url(ALLOWED, "/"))).await;
    assert_eq!(error(&outbound, &one_more.url(ALLOWED, "/")).await, OutboundError::TooManyRedirects);
    let round = Server::start(ALLOWED, redirect("302 Found", "/")).await;
    assert_eq!(error(&outbound, &round.url(ALLOWED, "/")).await, OutboundError::TooManyRedirects);
    assert_eq!(round.heads().len(), 6);
}

#[tokio::test]
async fn only_the_web_is_asked_and_nothing_is_told_of_us() {
    let outbound = Names::default().outbound();
    for url in [
        "",
        "file:///etc/passwd",
        "ftp://1.1.1.1/a",
        "gopher://1.1.1.1/",
        "http://",
        "javascript:1",
        "data:,x",
        "http://a:b@1.1.1.1/",
    ] {
        assert_eq!(error(&outbound, url).await, OutboundError::BadUrl, "{url}");
    }
    assert_eq!(error(&outbound, "http://nobody.example/").await, OutboundError::UnknownHost);
    let server = Server::start(ALLOWED, answer("200 OK", "set-cookie: a=b\r\n", "x")).await;
    for _ in 0..2 {
        text(&outbound, &server.url(ALLOWED, "/path?q=1#part")).await.unwrap();
    }
    for head in server.heads() {
        let lower = head.to_ascii_lowercase();
        assert!(head.starts_with("GET /path?q=1 HTTP/1.1\r\n"), "{head}");
        assert!(
            ["cookie", "authorization", "referer", "x-forwarded"].iter().all(|word| !lower.contains(word)),
            "{head}"
        );
        assert!(lower.contains("accept-encoding: identity\r\n"), "{head}");
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused_and_what_may_pass_is_told_from_it() {
    let outbound = Names::default().outbound();
    for (status, is_temporary) in [
        ("404 Not Found", false),
        ("401 Unauthorized", false),
        ("204 No Content", false),
        ("206 Partial Content", false),
        ("304 Not Modified", false),
        ("429 Too Many Requests", true),
        ("503 Service Unavailable", true),
    ] {
        let server =
            Server::start(ALLOWED, format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"))
                .await;
        let error = error(&outbound, &server.url(ALLOWED, "/")).await;
        assert_eq!(error.to_string(), format!("The server answered {}.", &status[..3]));
        assert_eq!(error.is_temporary(), is_temporary, "{status}");
    }
    let zipped = Server::start(ALLOWED, answer("200 OK", "content-encoding: gzip\r\n", "x")).await;
    assert_eq!(error(&outbound, &zipped.url(ALLOWED, "/")).await, OutboundError::Encoded);
    // Nobody listens there.
    let gone = tokio::net::TcpListener::bind((ALLOWED, 0)).await.unwrap().local_addr().unwrap();
    let error = error(&outbound, &format!("http://{gone}/")).await;
    assert!(matches!(error, OutboundError::Unreachable(_)) && error.is_temporary(), "{error}");
}
