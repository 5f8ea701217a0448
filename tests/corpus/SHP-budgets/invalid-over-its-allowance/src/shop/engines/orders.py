def allowed(a, b, c, d, *rest): ... #! small-functions
