//! Every way an answer can fail: one table of stable codes and their HTTP status.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $status:literal;)+) => {
        /// The stable code of a failure. One code has one meaning; it never changes with the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The code as it stands in an answer.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// The HTTP status it comes with.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }
        }
    };
}

codes! {
    /// The body is not JSON, or the request cannot be read at all.
    MalformedRequest "malformed_request" 400;
    /// A path parameter is no id of the kind that belongs there.
    InvalidPathParameter "invalid_path_parameter" 400;
    /// A header cannot be read.
    InvalidHeader "invalid_header" 400;
    /// No token, or one that is wrong, expired or revoked.
    AuthenticationRequired "authentication_required" 401;
    /// The e-mail address and password, or the client id and secret, do not belong together.
    InvalidCredentials "invalid_credentials" 401;
    /// The caller's role or kind of company may not do this.
    Forbidden "forbidden" 403;
    /// The integration lacks the scope.
    InsufficientScope "insufficient_scope" 403;
    /// There is no such thing, or the caller may not see it.
    NotFound "not_found" 404;
    /// The address exists, but not with this method.
    MethodNotAllowed "method_not_allowed" 405;
    /// None of the media types that the caller accepts can be made.
    NotAcceptable "not_acceptable" 406;
    /// The body took too long to arrive.
    RequestTimeout "request_timeout" 408;
    /// The resource's state does not allow it.
    StateConflict "state_conflict" 409;
    /// Something else already has this key: tax id, domain, e-mail address, external reference.
    AlreadyExists "already_exists" 409;
    /// Another request with the same idempotency key is still running.
    RequestInProgress "request_in_progress" 409;
    /// The prospect cannot be registered or sold to by this partner now.
    ProspectNotAvailable "prospect_not_available" 409;
    /// No protection of another partner stands in the way.
    NothingToDispute "nothing_to_dispute" 409;
    /// The place in a list or feed can no longer be continued from.
    CursorExpired "cursor_expired" 410;
    /// The invitation was used, replaced by another, or is too old.
    InvitationEnded "invitation_ended" 410;
    /// The resource was changed since the version in `If-Match`.
    VersionMismatch "version_mismatch" 412;
    /// The body is too large.
    BodyTooLarge "body_too_large" 413;
    /// The address is too long.
    AddressTooLong "address_too_long" 414;
    /// The body's media type is not one that is read here.
    UnsupportedMediaType "unsupported_media_type" 415;
    /// The request can be read, but breaks rules: each is in `errors`.
    InvalidRequest "invalid_request" 422;
    /// The idempotency key was used for another request.
    IdempotencyKeyReused "idempotency_key_reused" 422;
    /// A change needs `If-Match` with the version it is for.
    VersionRequired "version_required" 428;
    /// Too many requests.
    TooManyRequests "too_many_requests" 429;
    /// The headers are too large.
    HeadersTooLarge "headers_too_large" 431;
    /// A mistake on our side; the request id leads to it.
    InternalError "internal_error" 500;
    /// The service or its database is busy or away; try again after `Retry-After`.
    Unavailable "unavailable" 503;
}
