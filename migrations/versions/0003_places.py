"""Places: classes, places, their names in time, what became of them; and what search and map derive from them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute("CREATE SCHEMA placenames")
    _register()
    _derived()
    _thinning()


def _register() -> None:
    op.execute("""
        CREATE TABLE placenames.place_class (
            label             text CONSTRAINT pk_place_class PRIMARY KEY,
            code              text NOT NULL,
            attribute         text NOT NULL,
            verified          text NOT NULL
                CONSTRAINT ck_place_class_verified CHECK (verified IN ('yes', 'likely', 'no')),
            approval_category text NOT NULL,
            spelling_kind     text NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_place_class_code ON placenames.place_class (code)")
    op.execute("""
        CREATE TABLE placenames.place (
            id              bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_place PRIMARY KEY,
            class_label     text NOT NULL
                CONSTRAINT fk_place_class_label_place_class REFERENCES placenames.place_class,
            division_id     bigint CONSTRAINT fk_place_division_id_division REFERENCES boundaries.division,
            own_division_id bigint CONSTRAINT fk_place_own_division_id_division REFERENCES boundaries.division
                CONSTRAINT uq_place_own_division_id UNIQUE,
            geom            geometry(Geometry, 4490),
            point           geometry(Point, 4490),
            location        text NOT NULL,
            rank            integer NOT NULL,
            secrecy         text NOT NULL CONSTRAINT ck_place_secrecy CHECK (secrecy IN ('公开', '内部', '秘密')),
            datum           text NOT NULL,
            source          text NOT NULL,
            source_key      text NOT NULL,
            CONSTRAINT uq_place_source_source_key UNIQUE (source, source_key)
        )
    """)
    op.execute("CREATE INDEX ix_place_division ON placenames.place (division_id)")
    op.execute("CREATE INDEX ix_place_geom ON placenames.place USING gist (geom)")
    op.execute("""
        CREATE TABLE placenames.place_name (
            id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_place_name PRIMARY KEY,
            place_id         bigint NOT NULL CONSTRAINT fk_place_name_place_id_place REFERENCES placenames.place,
            text             text NOT NULL,
            specific         text NOT NULL,
            generic          text NOT NULL,
            readings         text[] NOT NULL,
            readings_certain boolean NOT NULL,
            roman            text NOT NULL,
            plain            text NOT NULL,
            kind             text NOT NULL CONSTRAINT ck_place_name_kind
                CHECK (kind IN ('standard', 'short', 'alias', 'former', 'historic', 'map', 'minority')),
            status           text NOT NULL CONSTRAINT ck_place_name_status CHECK (
                status IN ('standard', 'deemed', 'recorded', 'planned', 'reserved', 'historic', 'cancelled')),
            valid_from       date,
            from_precision   text CONSTRAINT ck_place_name_from_precision
                CHECK (from_precision IN ('day', 'month', 'year', 'before')),
            valid_to         date,
            to_precision     text CONSTRAINT ck_place_name_to_precision
                CHECK (to_precision IN ('day', 'month', 'year')),
            source           text NOT NULL,
            instrument       text NOT NULL,
            published_at     timestamptz,
            CONSTRAINT ck_place_name_period
                CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from)
        )
    """)
    op.execute("CREATE INDEX ix_place_name_place ON placenames.place_name (place_id, valid_from)")
    op.execute("""
        CREATE UNIQUE INDEX ix_place_name_one_standard ON placenames.place_name (place_id)
            WHERE kind = 'standard' AND status IN ('standard', 'deemed') AND valid_to IS NULL
    """)
    op.execute("""
        CREATE TABLE placenames.place_lineage (
            from_place_id  bigint
                CONSTRAINT fk_place_lineage_from_place_id_place REFERENCES placenames.place,
            to_place_id    bigint CONSTRAINT fk_place_lineage_to_place_id_place REFERENCES placenames.place,
            date           date,
            date_precision text NOT NULL,
            relation       text NOT NULL
                CONSTRAINT ck_place_lineage_relation CHECK (relation IN ('merged', 'split', 'part')),
            instrument     text NOT NULL,
            CONSTRAINT pk_place_lineage PRIMARY KEY (from_place_id, to_place_id, date)
        )
    """)
    op.execute("CREATE INDEX ix_place_lineage_to ON placenames.place_lineage (to_place_id)")
    # The one sentence that says what the public may see of a name.
    op.execute("""
        CREATE FUNCTION placenames.is_public(status text, secrecy text, published_at timestamptz) RETURNS boolean
            LANGUAGE sql IMMUTABLE AS $$
                SELECT secrecy = '公开' AND published_at IS NOT NULL
                   AND status IN ('standard', 'deemed', 'recorded', 'historic', 'cancelled')
            $$
    """)


def _derived() -> None:
    op.execute("""
        CREATE TABLE placenames.search_token (
            id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_search_token PRIMARY KEY,
            place_id   bigint NOT NULL CONSTRAINT fk_search_token_place_id_place
                REFERENCES placenames.place ON DELETE CASCADE,
            name_id    bigint NOT NULL CONSTRAINT fk_search_token_name_id_place_name
                REFERENCES placenames.place_name ON DELETE CASCADE,
            text       text COLLATE "C" NOT NULL,
            shown      text NOT NULL,
            kind       text NOT NULL,
            pinyin     text COLLATE "C" NOT NULL,
            initials   text COLLATE "C" NOT NULL,
            grams      integer[] NOT NULL,
            rank       integer NOT NULL,
            divisions  bigint[] NOT NULL,
            valid_from date,
            valid_to   date,
            inherited  boolean NOT NULL,
            current    boolean NOT NULL,
            public     boolean NOT NULL
        )
    """)
    for column in ("text", "pinyin", "initials"):
        op.execute(f"""
            CREATE INDEX ix_search_token_{column} ON placenames.search_token ({column}, rank DESC, place_id)
                WHERE public AND current
        """)
        op.execute(f"CREATE INDEX ix_search_token_past_{column} ON placenames.search_token ({column})")
    op.execute("""
        CREATE INDEX ix_search_token_grams ON placenames.search_token USING gin (grams) WHERE public AND current
    """)
    op.execute("CREATE INDEX ix_search_token_place ON placenames.search_token (place_id)")
    op.execute("CREATE INDEX ix_search_token_name_id ON placenames.search_token (name_id)")
    op.execute("""
        CREATE TABLE placenames.search_place (
            place_id        bigint CONSTRAINT pk_search_place PRIMARY KEY
                CONSTRAINT fk_search_place_place_id_place REFERENCES placenames.place ON DELETE CASCADE,
            name            text NOT NULL,
            roman           text NOT NULL,
            status          text NOT NULL,
            class_code      text NOT NULL,
            class_label     text NOT NULL,
            divisions       bigint[] NOT NULL,
            own_division_id bigint,
            rank            integer NOT NULL,
            point           geometry(Point, 4490),
            valid_from      date,
            valid_to        date,
            public          boolean NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_search_place_point ON placenames.search_place USING gist (point)")
    op.execute("""
        CREATE TABLE placenames.map_point (
            place_id   bigint CONSTRAINT pk_map_point PRIMARY KEY
                CONSTRAINT fk_map_point_place_id_place REFERENCES placenames.place ON DELETE CASCADE,
            min_zoom   smallint NOT NULL,
            zkey       bigint NOT NULL,
            rank       integer NOT NULL,
            name       text NOT NULL,
            class_code text NOT NULL,
            status     text NOT NULL,
            valid_from date,
            valid_to   date,
            geom       geometry(Point, 3857) NOT NULL
        )
    """)
    # tile.sql
    op.execute("CREATE INDEX ix_map_point_zoom ON placenames.map_point (min_zoom, zkey)")
    # thin()
    op.execute("CREATE INDEX ix_map_point_zkey ON placenames.map_point (zkey)")


def _thinning() -> None:
    # The z-order key of a point: column and row of its cell at zoom 18, bit by bit.
    op.execute("""
        CREATE FUNCTION placenames.zkey(col integer, line integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
            SELECT sum((((col >> bit) & 1)::bigint << (2 * bit))
                       | (((line >> bit) & 1)::bigint << (2 * bit + 1)))::bigint
            FROM generate_series(0, 17) AS bit
        $$
    """)
    op.execute("""
        CREATE FUNCTION placenames.zkey(place geometry) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
            SELECT placenames.zkey(
                least(262143, greatest(0, floor((ST_X(place) + 20037508.342789244) / 152.8740565703525)::integer)),
                least(262143, greatest(0, floor((20037508.342789244 - ST_Y(place)) / 152.8740565703525)::integer)))
        $$
    """)
    # After a point came, went or changed its rank at `key`: find the best of each cell above it, from the
    # finest to the widest. A cell at zoom z is a sixteenth of a tile's side (zoom z + 4); from zoom 14 on
    # every point is drawn. The best of a cell is among the best of its four parts, so each step looks at few.
    op.execute("""
        CREATE FUNCTION placenames.thin(key bigint) RETURNS void LANGUAGE plpgsql
            -- A wide zoom and a narrow one want different indexes: plan each anew.
            SET plan_cache_mode = force_custom_plan AS $$
        DECLARE
            zoom   integer;
            first  bigint;
            last   bigint;
            winner bigint;
        BEGIN
            FOR zoom IN REVERSE 13..0 LOOP
                first := (key >> (2 * (14 - zoom))) << (2 * (14 - zoom));
                last  := first + (1::bigint << (2 * (14 - zoom))) - 1;
                SELECT place_id INTO winner FROM placenames.map_point
                    WHERE zkey BETWEEN first AND last AND min_zoom <= zoom + 1
                    ORDER BY rank DESC, place_id LIMIT 1;
                UPDATE placenames.map_point SET min_zoom = zoom + 1
                    WHERE zkey BETWEEN first AND last AND min_zoom <= zoom AND place_id <> winner;
                UPDATE placenames.map_point SET min_zoom = zoom
                    WHERE place_id = winner AND min_zoom > zoom;
            END LOOP;
        END
        $$
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA placenames CASCADE")
