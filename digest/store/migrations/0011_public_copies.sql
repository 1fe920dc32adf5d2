-- What a browser shows of a variant: frozen with it.
CREATE TABLE public_copy (
    variant_id INTEGER PRIMARY KEY REFERENCES variant (id) ON DELETE CASCADE,
    html TEXT NOT NULL                  -- with a slot for the archive's place
) STRICT;
