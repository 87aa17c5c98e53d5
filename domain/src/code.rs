//! Stable codes of closed lists of values, as they stand in the contract and in the database.

/// Gives an enum of plain values its stable codes, both ways, from one table.
macro_rules! coded {
    ($type:ident { $($variant:ident => $code:literal,)+ }) => {
        impl $type {
            /// Every value, in the order of its declaration.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The value that has this code, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use coded;
