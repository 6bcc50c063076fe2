//! Pages: read the request, call one use case, show a page.
