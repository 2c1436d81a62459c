//! A sheet of paper on a photo, made what a scanner would have made of it: its corners found and pulled straight, its shadows
//! lifted. What is no such photo stays as it is.

mod corners;
mod light;
mod sheet;
mod small;
mod warp;

use super::GrayPage;
use model::{Limits, PageView};

/// The page as it is best read, and where what it shows is seen.
pub fn flatten(page: GrayPage, view: &mut PageView, limits: &Limits) -> GrayPage {
    let page = match sheet::find(&page) {
        Some(corners) => {
            let (straight, to_seen) = warp::straighten(&page, &corners, limits);
            view.to_seen = Some(to_seen);
            straight
        }
        None => page,
    };
    light::even(page)
}
