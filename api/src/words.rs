//! Closed lists of words on the wire, each of which mirrors one list of the domain.

/// Gives each list its wire form and the conversions both ways. Where the words stand in columns too (`stored;`), a test holds
/// the word on the wire to the code in the domain.
macro_rules! mirrored {
    (stored; $($(#[$doc:meta])* $name:ident of $rules:path { $($(#[$word_doc:meta])* $word:ident,)+ })+) => {
        $crate::words::mirrored! { $($(#[$doc])* $name of $rules { $($(#[$word_doc])* $word,)+ })+ }

        #[cfg(test)]
        mod stored_words {
            #[test]
            fn every_word_is_the_code_that_is_stored() {
                $(for word in <$rules>::ALL {
                    assert_eq!(serde_json::to_value(super::$name::from(word)).unwrap(), word.code());
                })+
            }
        }
    };
    ($($(#[$doc:meta])* $name:ident of $rules:path { $($(#[$word_doc:meta])* $word:ident,)+ })+) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl From<$name> for $rules {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word,)+ }
            }
        }

        impl From<$rules> for $name {
            fn from(word: $rules) -> Self {
                match word { $(<$rules>::$word => Self::$word,)+ }
            }
        }
    )+};
}

pub(crate) use mirrored;
