//! A client of the web API, as a person's browser is one.

use crate::wait::eventually;
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// The client, signed in.
#[derive(Clone)]
pub struct Api {
    client: Client,
    url: String,
    cookie: String,
    /// The drive made for it.
    pub drive: String,
}

impl Api {
    /// Becomes the first administrator by the set-up link's token.
    pub(crate) async fn set_up(url: &str, token: &str) -> Self {
        let client = Client::new();
        let body =
            json!({"token": token, "email": "ada@example.org", "name": "Ada", "password": "a long enough password"});
        let answer = client.post(format!("{url}/api/v1/setup")).header(ORIGIN, url).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut api = Self { client, url: url.into(), cookie, drive: String::new() };
        let drives = api.get("/drives").await;
        let drives = drives.as_array().or_else(|| drives["items"].as_array()).expect("a list of drives");
        api.drive = drives[0]["id"].as_str().unwrap().into();
        api
    }

    /// Signs in with a password; the drive is the first one.
    pub(crate) async fn sign_in(url: &str, email: &str, password: &str) -> Self {
        let client = Client::new();
        let body = json!({"email": email, "password": password});
        let answer = client.post(format!("{url}/api/v1/session")).header(ORIGIN, url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{email} cannot sign in: {}", answer.status());
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut api = Self { client, url: url.into(), cookie, drive: String::new() };
        api.drive = api.get("/drives").await[0]["id"].as_str().unwrap().into();
        api
    }

    /// A request of the signed-in person to `/api/v1{path}`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        request.header(COOKIE, &self.cookie).header(ORIGIN, &self.url)
    }

    /// What `GET path` answers.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The bytes at `path`.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.request(Method::GET, path).send().await.unwrap().error_for_status().unwrap();
        answer.bytes().await.unwrap().to_vec()
    }

    /// Uploads a file into the drive; the answer's `file`, `deduplicated` and `jobIds`.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let path = format!("/drives/{}/files", self.drive);
        let answer = self.request(Method::POST, &path).multipart(Form::new().part("file", part)).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The file once its content has been read.
    pub async fn file_settles(&self, id: &str) -> Value {
        let path = format!("/files/{id}");
        eventually(&path, async || {
            let file = self.get(&path).await;
            matches!(file["status"].as_str(), Some("completed" | "visual" | "failed")).then_some(file)
        })
        .await
    }
}
