//! An upload in pieces, over real sockets through web into the processor, while connections are cut and programs killed.

use reqwest::header::LOCATION;
use reqwest::{Body, Method, StatusCode};
use std::time::Duration;
use system_tests::{Api, Name, Suite, eventually, samples};

const SIZE_BYTES: usize = 48 << 20;
const CUTS: usize = 8;

/// Where the upload goes on, once whoever is to say so is there.
async fn offset(api: &Api, path: &str) -> usize {
    eventually("it is said how far the upload has come", async || {
        let head = api.request(Method::HEAD, path).header("tus-resumable", "1.0.0").send().await.ok()?;
        (head.status() == StatusCode::OK).then(|| head.headers()["upload-offset"].to_str().unwrap().parse().unwrap())
    })
    .await
}

/// Sends a piece, a slice at a time; at the end the connection is lost, or the answer's status given.
async fn send(api: &Api, path: &str, offset: usize, piece: Vec<u8>, is_cut: bool) -> Option<StatusCode> {
    let slices: Vec<Vec<u8>> = piece.chunks(256 << 10).map(<[u8]>::to_vec).collect();
    let end = is_cut.then(|| Err(std::io::Error::other("the cable")));
    let body = futures_util::stream::iter(slices.into_iter().map(Ok).chain(end));
    let request = api.request(Method::PATCH, path).header("tus-resumable", "1.0.0").header("upload-offset", offset);
    let request = request.header("content-type", "application/offset+octet-stream").body(Body::wrap_stream(body));
    Some(request.send().await.ok()?.status())
}

async fn begin(api: &Api) -> String {
    let begun = api.request(Method::POST, &format!("/drives/{}/uploads", api.drive));
    let begun = begun.header("tus-resumable", "1.0.0").header("upload-length", SIZE_BYTES);
    let begun = begun.header("upload-metadata", "filename YS5iaW4=").send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::CREATED);
    begun.headers()[LOCATION].to_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_in_pieces_arrives_once_whatever_is_cut_or_killed() {
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let (bytes, path) = (samples::noise(SIZE_BYTES), begin(&api).await);
    let step = SIZE_BYTES / CUTS;
    let mut at = 0;
    for cut in 0..CUTS {
        let until = SIZE_BYTES.min((cut + 1) * step);
        let piece = bytes[at..until].to_vec();
        let is_last = until == SIZE_BYTES;
        match cut {
            // Killed in the middle of a piece, or right at the end of the last.
            1 | 4 => {
                let name = if cut == 1 { Name::Processor } else { Name::Web };
                let sending = {
                    let (api, path) = (api.clone(), path.clone());
                    tokio::spawn(async move { send(&api, &path, at, piece, true).await })
                };
                tokio::time::sleep(Duration::from_millis(20)).await;
                suite.kill(name).await;
                sending.await.unwrap();
                suite.start_service(name).await;
            }
            _ if is_last => {
                let sending = {
                    let (api, path) = (api.clone(), path.clone());
                    tokio::spawn(async move { send(&api, &path, at, piece, false).await })
                };
                eventually("all of it is there", async || {
                    let all = "select count(*) from uploads where offset_bytes = length_bytes";
                    (suite.count(all).await == 1).then_some(())
                })
                .await;
                suite.kill(Name::Processor).await;
                sending.await.unwrap();
                suite.start_service(Name::Processor).await;
            }
            _ => drop(send(&api, &path, at, piece, true).await),
        }
        let acknowledged = offset(&api, &path).await;
        assert!(acknowledged >= at && acknowledged <= until, "{acknowledged} of {at}..{until}");
        at = acknowledged;
    }
    // What the kills took is sent again.
    while at < SIZE_BYTES {
        send(&api, &path, at, bytes[at..].to_vec(), false).await;
        at = offset(&api, &path).await;
    }
    let hashes: Vec<String> =
        sqlx::query_scalar("select content_hash from files").fetch_all(suite.pool()).await.unwrap();
    let expected = samples::hash(&bytes);
    assert_eq!(hashes, std::slice::from_ref(&expected));
    let stored = std::fs::read(suite.storage().join("blobs").join(&expected[..2]).join(&expected)).unwrap();
    assert!(stored == bytes);
    // One that is ended through web is gone below, too, whether or not whoever ends it knows the protocol.
    for is_known in [true, false] {
        let path = begin(&api).await;
        let id = path.rsplit('/').next().unwrap();
        let ended = match is_known {
            true => api.request(Method::DELETE, &path).header("tus-resumable", "1.0.0"),
            false => api.request(Method::DELETE, &format!("/uploads/{id}")),
        };
        assert_eq!(ended.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(suite.count("select count(*) from uploads where file_id is null").await, 0);
    suite.stop(Name::Web).await;
    suite.stop(Name::Processor).await;
}
