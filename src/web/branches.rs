//! The addresses of the site by their first part.

use actix_web::{
    Resource, Route,
    guard::{GuardContext, fn_guard},
    web,
};

/// The pages below one first part of the path.
pub(super) type Branch = (&'static str, Vec<Leaf>);

/// One page below it, with what it answers to.
pub(super) struct Leaf {
    rest: &'static str,
    methods: Vec<&'static str>,
    routes: Vec<Route>,
}

impl Leaf {
    /// The page as actix-web knows it. A method it does not answer to may belong to a wider path further on.
    pub(super) fn resource(self) -> Resource {
        let methods = self.methods;
        let answers = move |context: &GuardContext<'_>| {
            methods.iter().any(|method| context.head().method.as_str().eq_ignore_ascii_case(method))
        };
        self.routes.into_iter().fold(web::resource(self.rest).guard(fn_guard(answers)), Resource::route)
    }
}

/// Hangs a route on the branch of its first part. A request is then compared with the first parts, and with the pages of
/// one branch, instead of with every address of the site.
pub(super) fn grow(branches: &mut Vec<Branch>, method: &'static str, path: &'static str, route: Route) {
    let end = path[1..].find('/').map_or(path.len(), |end| end + 1);
    let (first, rest) = if path == "/" { (path, path) } else { path.split_at(end) };
    let branch = branches.iter().position(|(known, _)| *known == first).unwrap_or_else(|| {
        branches.push((first, Vec::new()));
        branches.len() - 1
    });
    let leaves = &mut branches[branch].1;
    let leaf = leaves.iter().position(|leaf| leaf.rest == rest).unwrap_or_else(|| {
        leaves.push(Leaf { rest, methods: Vec::new(), routes: Vec::new() });
        leaves.len() - 1
    });
    leaves[leaf].methods.push(method);
    leaves[leaf].routes.push(route);
}
