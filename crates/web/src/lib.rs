//! Pages, public API and sign-in.
