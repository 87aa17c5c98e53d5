//! The network: masters, policies, partnership types, terms and catalogue (R1–R8, R48, R86, R90).

pub mod definition;
