//! How long it takes to find names that may be one prospect's among a million of them, on both engines.
//!
//! `cargo run --release -p entente-persistence --example matching [-- PROSPECTS]`
//!
//! SQLite always, in a file that is removed; PostgreSQL where `TEST_DATABASE_URL` names a server, in a database of its own that
//! is dropped. A look-up is timed whole: reading the name, asking the index, reading the candidates, comparing each. Beside it
//! stands what the engine takes to read one row by its primary key.

use std::{
    collections::BTreeSet,
    env,
    error::Error,
    fs,
    hint::black_box,
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, prelude::*};
use domain::{
    id::NetworkId,
    partner::Country,
    registration::matching::{CompanyName, MATCHING_VERSION, Score},
};
use persistence::{
    columns::Uid,
    db::{Clock, Conn, Db, Target},
    error::DbError,
    migrate::{Direction, migrate},
    registration::matching::{Sought, index_keys, possible_matches},
    schema::{prospect_name_keys, prospect_names},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const PROSPECTS: usize = 1_000_000;
const LOOK_UPS: usize = 2_000;

const FAMILIES: [&str; 40] = [
    "Silva",
    "Santos",
    "Ferreira",
    "Pereira",
    "Oliveira",
    "Costa",
    "Rodrigues",
    "Martins",
    "Jesus",
    "Sousa",
    "Fernandes",
    "Gonçalves",
    "Gomes",
    "Lopes",
    "Marques",
    "Alves",
    "Almeida",
    "Ribeiro",
    "Pinto",
    "Carvalho",
    "Teixeira",
    "Moreira",
    "Correia",
    "Mendes",
    "Nunes",
    "Soares",
    "Vieira",
    "Monteiro",
    "Cardoso",
    "Rocha",
    "Raposo",
    "Neves",
    "Coelho",
    "Cruz",
    "Cunha",
    "Pires",
    "Ramos",
    "Reis",
    "Simões",
    "Antunes",
];
const GIVEN: [&str; 12] =
    ["João", "José", "Manuel", "António", "Maria", "Ana", "Pedro", "Paulo", "Rui", "Carlos", "Luís", "Miguel"];
const TRADES: [&str; 30] = [
    "Construções",
    "Transportes",
    "Padaria",
    "Farmácia",
    "Metalúrgica",
    "Têxteis",
    "Informática",
    "Consultoria",
    "Restaurante",
    "Hotel",
    "Clínica",
    "Talho",
    "Vinhos",
    "Mobiliário",
    "Seguros",
    "Contabilidade",
    "Imobiliária",
    "Eletricidade",
    "Carpintaria",
    "Serralharia",
    "Oficina",
    "Limpezas",
    "Gráfica",
    "Cerâmica",
    "Calçado",
    "Agrícola",
    "Pastelaria",
    "Óptica",
    "Viagens",
    "Café",
];
const COMMON: [&str; 14] = [
    "Central",
    "Nova",
    "Moderna",
    "Atlântico",
    "Estrela",
    "Sol",
    "Mar",
    "Primavera",
    "Ideal",
    "Universal",
    "Real",
    "Popular",
    "Europa",
    "Global",
];
const PLACES: [&str; 24] = [
    "Lisboa",
    "Porto",
    "Braga",
    "Coimbra",
    "Leiria",
    "Aveiro",
    "Viseu",
    "Évora",
    "Faro",
    "Setúbal",
    "Santarém",
    "Guimarães",
    "Norte",
    "Sul",
    "Centro",
    "Minho",
    "Douro",
    "Algarve",
    "Alentejo",
    "Beja",
    "Guarda",
    "Sintra",
    "Cascais",
    "Ovar",
];
const FORMS: [&str; 6] = ["Lda", "S.A.", "Unipessoal Lda", "Lda.", "SGPS, S.A.", ""];
const SYLLABLES: [&str; 48] = [
    "ba", "be", "bi", "bo", "ca", "ce", "ci", "co", "da", "de", "di", "do", "fa", "fe", "fi", "for", "ga", "gi", "gra", "la",
    "le", "li", "lo", "lu", "ma", "me", "mi", "mo", "na", "ne", "ni", "no", "pa", "pe", "pla", "pro", "ra", "re", "ri", "ro",
    "sa", "se", "so", "ta", "tec", "ti", "va", "vi",
];

/// One of `words`, those at the beginning far more often than those at the end, as names are borne.
fn often<'w>(rng: &mut StdRng, words: &[&'w str]) -> &'w str {
    let place = rng.random_range(0..words.len()).min(rng.random_range(0..words.len()));
    words.get(place).copied().unwrap_or_default()
}

fn brand(rng: &mut StdRng) -> String {
    let count = rng.random_range(2..=4);
    let word: String = (0..count).filter_map(|_| SYLLABLES.choose(rng).copied()).collect();
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A name as companies are called: by a word of their own, by families, or by what many are called by.
fn name(rng: &mut StdRng) -> String {
    let (trade, form) = (often(rng, &TRADES), often(rng, &FORMS));
    let named = match rng.random_range(0..20) {
        0..=5 => format!("{} {trade}", brand(rng)),
        6..=8 => brand(rng),
        9..=10 => format!("{} {}", brand(rng), brand(rng)),
        11..=12 => format!("{trade} {} & {}", often(rng, &FAMILIES), often(rng, &FAMILIES)),
        13..=14 => format!("{} {} {trade}", often(rng, &GIVEN), often(rng, &FAMILIES)),
        15 => format!("{} & Filhos", often(rng, &FAMILIES)),
        16 => format!("{trade} {}", often(rng, &FAMILIES)),
        17..=18 => format!("{trade} {} de {}", often(rng, &COMMON), often(rng, &PLACES)),
        _ => format!("{trade} {}", often(rng, &COMMON)),
    };
    format!("{named} {form}").trim_end().to_owned()
}

/// The name with a slip of the pen.
fn misspelt(rng: &mut StdRng, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let last = letters.len().saturating_sub(1);
    let place = rng.random_range(1..last.saturating_sub(1).max(2));
    match rng.random_range(0..3) {
        0 => letters.swap(place, place.saturating_add(1).min(last)),
        1 => drop(letters.remove(place)),
        _ => letters.insert(place, letters.get(place).copied().unwrap_or('e')),
    }
    letters.into_iter().collect()
}

/// Everything that goes into the index, in the order in which it is fastest written.
struct Filling {
    network: NetworkId,
    company: Uuid,
    names: Vec<String>,
    keys: Vec<(i64, bool, i64)>,
}

fn protects(place: usize) -> bool {
    place.is_multiple_of(3)
}

fn filling(count: usize, country: Country) -> Filling {
    let mut rng = StdRng::seed_from_u64(17);
    let network = NetworkId::from_uuid(Uuid::from_u128(rng.random()));
    let names: Vec<String> = (0..count).map(|_| name(&mut rng)).collect();
    let mut keys = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let number = i64::try_from(place).unwrap_or(i64::MAX);
        let of_name = index_keys(network, &CompanyName::read(country, name));
        keys.extend(of_name.into_iter().map(|key| (key, protects(place), number)));
    }
    keys.sort_unstable();
    Filling { network, company: Uuid::from_u128(rng.random()), names, keys }
}

impl Filling {
    /// Fields of a name's row, as text.
    fn row(&self, place: usize, name: &str) -> [String; 11] {
        let id = |uuid: Uuid| uuid.hyphenated().to_string();
        let subject = id(Uuid::from_u128(u128::try_from(place).unwrap_or_default().saturating_add(1)));
        let flag = if protects(place) { "1" } else { "0" };
        [
            place.to_string(),
            subject,
            "registration".to_owned(),
            id(self.network.uuid()),
            id(self.company),
            id(self.company),
            "PT".to_owned(),
            name.to_owned(),
            name.to_lowercase(),
            flag.to_owned(),
            MATCHING_VERSION.to_string(),
        ]
    }

    fn fill_postgres(&self, url: &str) -> Outcome<()> {
        let mut conn = PgConnection::establish(url)?;
        conn.batch_execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET statement_timeout = 0",
        )?;
        diesel::sql_query(format!(
            "INSERT INTO companies (id, network_id, kind) VALUES ('{}', '{}', 'partner')",
            self.company,
            self.network.uuid()
        ))
        .execute(&mut conn)?;
        conn.batch_execute("ALTER TABLE prospect_name_keys DROP CONSTRAINT prospect_name_keys_pkey")?;
        diesel::copy_from(prospect_names::table)
            .from_raw_data(prospect_names::table, |to| {
                let mut rows = self.names.iter().enumerate();
                rows.try_for_each(|(place, name)| line(to, &self.row(place, name).join("\t")))
            })
            .execute(&mut conn)?;
        diesel::copy_from(prospect_name_keys::table)
            .from_raw_data(prospect_name_keys::table, |to| {
                let mut rows = self.keys.iter();
                rows.try_for_each(|(key, protects, number)| line(to, &format!("{key}\t{protects}\t{number}")))
            })
            .execute(&mut conn)?;
        conn.batch_execute("ALTER TABLE prospect_name_keys ADD PRIMARY KEY (key, protects, number); ANALYZE")?;
        Ok(())
    }

    fn fill_sqlite(&self, path: &str) -> Outcome<()> {
        let mut conn = SqliteConnection::establish(path)?;
        conn.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; BEGIN")?;
        diesel::sql_query(format!(
            "INSERT INTO companies (id, network_id, kind) VALUES ('{}', '{}', 'partner')",
            self.company,
            self.network.uuid()
        ))
        .execute(&mut conn)?;
        for (place, name) in self.names.iter().enumerate() {
            diesel::insert_into(prospect_names::table).values(NameRow::of(self, place, name)).execute(&mut conn)?;
        }
        for (key, protects, number) in &self.keys {
            let row = KeyRow { key: *key, protects: *protects, number: *number };
            diesel::insert_into(prospect_name_keys::table).values(row).execute(&mut conn)?;
        }
        conn.batch_execute("COMMIT; ANALYZE; PRAGMA journal_mode = WAL")?;
        Ok(())
    }
}

fn line(to: &mut dyn Write, fields: &str) -> QueryResult<()> {
    writeln!(to, "{fields}").map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))
}

#[derive(Insertable)]
#[diesel(table_name = prospect_name_keys, treat_none_as_default_value = false)]
struct KeyRow {
    key: i64,
    protects: bool,
    number: i64,
}

#[derive(Insertable)]
#[diesel(table_name = prospect_names, treat_none_as_default_value = false)]
struct NameRow<'n> {
    number: i64,
    subject_id: Uid,
    kind: &'static str,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    country: &'static str,
    name: &'n str,
    normalised: String,
    protects: bool,
    rules: i32,
}

impl<'n> NameRow<'n> {
    fn of(filling: &Filling, place: usize, name: &'n str) -> Self {
        Self {
            number: i64::try_from(place).unwrap_or(i64::MAX),
            subject_id: Uid(Uuid::from_u128(u128::try_from(place).unwrap_or_default().saturating_add(1))),
            kind: "registration",
            network_id: filling.network.into(),
            master_id: Uid(filling.company),
            company_id: Uid(filling.company),
            country: "PT",
            name,
            normalised: name.to_lowercase(),
            protects: protects(place),
            rules: MATCHING_VERSION,
        }
    }
}

/// What is asked, in turns.
struct Questions {
    network: NetworkId,
    country: Country,
    known: Vec<String>,
    misspelt: Vec<String>,
    unknown: Vec<String>,
    rows: Vec<i64>,
}

impl Questions {
    fn of(filling: &Filling, country: Country) -> Self {
        let mut rng = StdRng::seed_from_u64(23);
        let known: Vec<String> = (0..LOOK_UPS).filter_map(|_| filling.names.choose(&mut rng).cloned()).collect();
        let all: BTreeSet<&String> = filling.names.iter().collect();
        let mut unknown = Vec::new();
        while unknown.len() < LOOK_UPS {
            let name = format!("{} {}", brand(&mut rng), name(&mut rng));
            if !all.contains(&name) {
                unknown.push(name);
            }
        }
        let last = i64::try_from(filling.names.len()).unwrap_or(i64::MAX);
        Self {
            network: filling.network,
            country,
            misspelt: known.iter().map(|name| misspelt(&mut rng, name)).collect(),
            rows: (0..LOOK_UPS).map(|_| rng.random_range(0..last)).collect(),
            known,
            unknown,
        }
    }

    fn sought<'n>(&self, name: &'n str) -> Sought<'n> {
        Sought { network: self.network, country: self.country, name, least: Score::POSSIBLE_MATCH }
    }

    /// Asks everything, and gives the times and how many names were found: of known, misspelt and unknown names, and of rows.
    fn ask(&self, conn: &mut Conn) -> Result<[(Vec<Duration>, usize); 4], DbError> {
        let mut times: [(Vec<Duration>, usize); 4] = Default::default();
        for place in 0..LOOK_UPS {
            for (kind, names) in [&self.known, &self.misspelt, &self.unknown].into_iter().enumerate() {
                let (Some(name), Some((taken, found))) = (names.get(place), times.get_mut(kind)) else { continue };
                let begun = Instant::now();
                let candidates = possible_matches(conn, &self.sought(name))?;
                taken.push(begun.elapsed());
                *found = found.saturating_add(usize::from(!candidates.found.is_empty()));
            }
            let (Some(number), [.., (taken, found)]) = (self.rows.get(place), &mut times) else { continue };
            let begun = Instant::now();
            let row: Option<String> =
                prospect_names::table.find(*number).select(prospect_names::name).get_result(conn).optional()?;
            taken.push(begun.elapsed());
            *found = found.saturating_add(usize::from(black_box(row).is_some()));
        }
        Ok(times)
    }
}

fn micros(time: Duration) -> u128 {
    time.as_micros()
}

fn report(engine: &str, mut times: [(Vec<Duration>, usize); 4]) {
    times.iter_mut().for_each(|(taken, _)| taken.sort_unstable());
    let at = |taken: &[Duration], hundredths: usize| {
        let place = taken.len().saturating_mul(hundredths).div_euclid(100).min(taken.len().saturating_sub(1));
        taken.get(place).copied().map(micros).unwrap_or_default()
    };
    let row = times.last().map(|(taken, _)| at(taken, 50)).unwrap_or_default().max(1);
    println!("{engine}");
    for (what, (taken, found)) in ["known", "misspelt", "unknown", "row by primary key"].iter().zip(&times) {
        let (median, high, most) = (at(taken, 50), at(taken, 99), at(taken, 100));
        let ratio = median.div_euclid(row);
        println!(
            "  {what:<18} median {median:>6} µs   99 % {high:>6} µs   most {most:>6} µs   {ratio:>3} × a row   {found} of {} found something",
            taken.len()
        );
    }
}

async fn measure(engine: &str, target: Target, filling: &Filling, country: Country) -> Outcome<()> {
    let db = Db::open(target, 2, Clock::Database)?;
    for run in ["first run", "second run"] {
        let questions = Questions::of(filling, country);
        let times = db.read(move |tx| questions.ask(tx.conn)).await?;
        report(&format!("{engine}, {} prospects, {run}", filling.names.len()), times);
    }
    Ok(())
}

async fn on_sqlite(filling: &Filling, country: Country) -> Outcome<()> {
    let file: PathBuf = env::temp_dir().join(format!("entente-matching-{}.db", std::process::id()));
    let target = Target::Sqlite(file.clone());
    migrate(&target, Direction::Up)?;
    let begun = Instant::now();
    filling.fill_sqlite(&file.to_string_lossy())?;
    println!("SQLite filled in {} s, {} MB", begun.elapsed().as_secs(), fs::metadata(&file)?.len().div_euclid(1_000_000));
    let measured = measure("SQLite", target, filling, country).await;
    for ending in ["", "-wal", "-shm", ".migrating"] {
        // Some of them are there only while the database is open.
        let _ = fs::remove_file(format!("{}{ending}", file.display()));
    }
    measured
}

async fn on_postgres(server: &str, filling: &Filling, country: Country) -> Outcome<()> {
    let name = format!("entente_matching_{}", std::process::id());
    let mut admin = PgConnection::establish(server)?;
    admin.batch_execute(&format!("CREATE DATABASE {name}"))?;
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(base, query)| (base, format!("?{query}")));
    let (host, _) = base.rsplit_once('/').ok_or("a URL without a database")?;
    let url = format!("{host}/{name}{query}");
    let measured = async {
        let target: Target = url.parse()?;
        migrate(&target, Direction::Up)?;
        let begun = Instant::now();
        filling.fill_postgres(&url)?;
        println!("PostgreSQL filled in {} s", begun.elapsed().as_secs());
        measure("PostgreSQL", target, filling, country).await
    }
    .await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))?;
    measured
}

fn main() -> Outcome<()> {
    let count = env::args().nth(1).map(|count| count.parse()).transpose()?.unwrap_or(PROSPECTS);
    let country = Country::parse("PT")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let filling = filling(count, country);
    println!("{} names, {} keys each on average", filling.names.len(), filling.keys.len().div_euclid(filling.names.len().max(1)));
    runtime.block_on(async {
        on_sqlite(&filling, country).await?;
        match env::var("TEST_DATABASE_URL") {
            Ok(server) => on_postgres(&server, &filling, country).await,
            Err(_) => {
                println!("PostgreSQL: TEST_DATABASE_URL names no server");
                Ok(())
            }
        }
    })
}
