//! axum's extractors with a service's own error for what they refuse.

/// Defines `Json`, `Path` and `Query` in the module where it stands. They are axum's, but what they refuse is answered with this
/// error, which is made `From` axum's rejections. The module needs axum and serde.
#[macro_export]
macro_rules! extractors {
    ($error:ty) => {
        /// A JSON body, in and out.
        #[derive(Debug, ::axum::extract::FromRequest)]
        #[from_request(via(::axum::Json), rejection($error))]
        pub(crate) struct Json<T>(pub(crate) T);

        /// The variable parts of the path.
        #[derive(Debug, ::axum::extract::FromRequestParts)]
        #[from_request(via(::axum::extract::Path), rejection($error))]
        pub(crate) struct Path<T>(pub(crate) T);

        /// The query string.
        #[derive(Debug, ::axum::extract::FromRequestParts)]
        #[from_request(via(::axum::extract::Query), rejection($error))]
        pub(crate) struct Query<T>(pub(crate) T);

        impl<T: ::serde::Serialize> ::axum::response::IntoResponse for Json<T> {
            fn into_response(self) -> ::axum::response::Response {
                ::axum::Json(self.0).into_response()
            }
        }
    };
}
