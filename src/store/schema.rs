//! Written from the migrations by the test `schema`; `UPDATE=1 cargo test schema` writes it again.

diesel::table! {
    accepted_lines (report_id, position) {
        report_id -> Text,
        position -> Integer,
        accepted_cents -> BigInt,
        reason -> Text,
    }
}

diesel::table! {
    account_checks (bank_account_id, account_version) {
        bank_account_id -> Text,
        account_version -> Integer,
        answer -> Text,
        name_given -> Text,
        confirmation -> Text,
        reason -> Text,
        checked_by -> Text,
        checked_at -> Timestamp,
    }
}

diesel::table! {
    account_days (account_id, day) {
        account_id -> Text,
        day -> Text,
        into_cents -> BigInt,
        out_cents -> BigInt,
    }
}

diesel::table! {
    account_erasures (person_id) {
        person_id -> Text,
        warned_at -> Timestamp,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    accounting_entries (number) {
        number -> BigInt,
        export_id -> Text,
        transfer_seq -> BigInt,
        journal_code -> Text,
        journal_label -> Text,
        entry_on -> Date,
        piece -> Text,
        piece_on -> Date,
        label -> Text,
        amount_cents -> BigInt,
        debit_account -> Text,
        debit_label -> Text,
        credit_account -> Text,
        credit_label -> Text,
        third_account -> Text,
        third_number -> Text,
        third_name -> Text,
    }
}

diesel::table! {
    accounting_exports (id) {
        id -> Text,
        number -> Integer,
        file_name -> Text,
        from_on -> Date,
        until_on -> Date,
        first_entry -> BigInt,
        entry_count -> BigInt,
        total_cents -> BigInt,
        sha256 -> Text,
        made_by -> Nullable<Text>,
        made_at -> Timestamp,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        account_key -> Text,
        stage -> Text,
        funding_source_id -> Text,
        call_id -> Nullable<Text>,
        grant_id -> Nullable<Text>,
        sort_key -> Text,
    }
}

diesel::table! {
    amendment_changes (amendment_id, position) {
        amendment_id -> Text,
        position -> Integer,
        label -> Text,
        was -> Text,
        becomes -> Text,
    }
}

diesel::table! {
    amendment_lines (amendment_id, position) {
        amendment_id -> Text,
        position -> Integer,
        planned_cents -> BigInt,
    }
}

diesel::table! {
    amendment_overrides (amendment_id) {
        amendment_id -> Text,
        reason -> Text,
        decided_by -> Text,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    amendments (id) {
        id -> Text,
        grant_id -> Text,
        kind -> Text,
        wanted -> Text,
        new_ends_on -> Nullable<Date>,
        reason -> Text,
        motive -> Nullable<Text>,
        requested_by -> Text,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
        new_amount_cents -> Nullable<BigInt>,
        new_partner -> Nullable<Text>,
    }
}

diesel::table! {
    answers (application_id, question) {
        application_id -> Text,
        question -> Text,
        value -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    application_copies (application_id) {
        application_id -> Text,
        source_id -> Text,
        carried -> Text,
        copied_at -> Timestamp,
        dismissed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    application_partners (application_id, position) {
        application_id -> Text,
        position -> Integer,
        name -> Text,
        part -> Text,
        country_code -> Text,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    application_tags (application_id, kind, code) {
        application_id -> Text,
        kind -> Text,
        code -> Text,
        level -> Integer,
    }
}

diesel::table! {
    applications (id) {
        id -> Text,
        call_id -> Text,
        organisation_id -> Text,
        partner_organisation_id -> Nullable<Text>,
        reference -> Text,
        title -> Text,
        requested_cents -> BigInt,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        commune_code -> Nullable<Text>,
        country_code -> Nullable<Text>,
        revision -> Integer,
        live_key -> Nullable<Text>,
        pass_until -> Nullable<Timestamp>,
        created_by -> Text,
        submitted_by -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        content_hash -> Nullable<Text>,
        appeal -> Nullable<Text>,
        decided_cents -> Nullable<BigInt>,
        motive -> Nullable<Text>,
        conditions -> Nullable<Text>,
        score_sum -> BigInt,
        score_count -> Integer,
        score_mean -> BigInt,
        sort_key -> Text,
        search_key -> Text,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    attachments (id) {
        id -> Text,
        owner_kind -> Text,
        owner_id -> Text,
        document_code -> Text,
        file_name -> Text,
        content_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        uploaded_by -> Text,
        uploaded_at -> Timestamp,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    balances (grant_id) {
        grant_id -> Text,
        cost_cents -> BigInt,
        rate_points -> Integer,
        award_cents -> BigInt,
        paid_cents -> BigInt,
        to_return_cents -> BigInt,
        computed_at -> Timestamp,
    }
}

diesel::table! {
    bank_accounts (id) {
        id -> Text,
        organisation_id -> Text,
        holder -> Text,
        iban -> Text,
        bic -> Nullable<Text>,
        bank_name -> Text,
        rib_attachment_id -> Nullable<Text>,
        replaces_id -> Nullable<Text>,
        quarantined_until -> Nullable<Timestamp>,
        entered_by -> Text,
        verified_by -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
        reason -> Nullable<Text>,
        iban_mark -> Text,
    }
}

diesel::table! {
    budget_lines (application_id, position) {
        application_id -> Text,
        position -> Integer,
        account -> Text,
        side -> Text,
        label -> Text,
        planned_cents -> BigInt,
        is_eligible -> Bool,
        is_secured -> Bool,
        ineligible_cents -> BigInt,
    }
}

diesel::table! {
    call_sources (call_id, funding_source_id) {
        call_id -> Text,
        funding_source_id -> Text,
        position -> Integer,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    calls (id) {
        id -> Text,
        fund_id -> Text,
        reference -> Text,
        title -> Text,
        opens_at -> Timestamp,
        closes_at -> Timestamp,
        envelope_cents -> BigInt,
        revision -> Integer,
        settings -> Text,
        next_number -> Integer,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
        reason -> Nullable<Text>,
        decision_pace -> Text,
    }
}

diesel::table! {
    closing_reminders (call_id, closes_at, days_before) {
        call_id -> Text,
        closes_at -> Timestamp,
        days_before -> Integer,
        last_application_id -> Text,
        done_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    committee_mandates (id) {
        id -> Text,
        person_id -> Text,
        fund_id -> Text,
        started_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    committee_seats (id) {
        id -> Text,
        call_id -> Text,
        person_id -> Text,
        institution -> Text,
        is_voting -> Bool,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        is_guest -> Bool,
    }
}

diesel::table! {
    communes (code) {
        code -> Text,
        name -> Text,
        department -> Text,
        intercommunality -> Nullable<Text>,
        search_key -> Text,
    }
}

diesel::table! {
    complement_items (request_id, position) {
        request_id -> Text,
        position -> Integer,
        item -> Text,
        note -> Text,
    }
}

diesel::table! {
    complement_requests (id) {
        id -> Text,
        application_id -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        wanted -> Text,
        due_at -> Timestamp,
        answer -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        filing_before -> Nullable<Integer>,
        filing_after -> Nullable<Integer>,
    }
}

diesel::table! {
    conflict_answers (id) {
        id -> Text,
        person_id -> Text,
        organisation_id -> Text,
        clue -> Text,
        fact -> Text,
        is_conflict -> Bool,
        reason -> Text,
        answered_by -> Text,
        answered_at -> Timestamp,
    }
}

diesel::table! {
    cost_marks (application_id, account, number) {
        application_id -> Text,
        account -> Text,
        number -> Integer,
        ineligible_cents -> BigInt,
        reason -> Text,
        marked_by -> Text,
        marked_at -> Timestamp,
    }
}

diesel::table! {
    countries (code) {
        code -> Text,
        name -> Text,
        is_dac -> Bool,
        sort_key -> Text,
    }
}

diesel::table! {
    decision_readings (application_id) {
        application_id -> Text,
        opened_by -> Text,
        opened_at -> Timestamp,
    }
}

diesel::table! {
    declared_ties (application_id, position) {
        application_id -> Text,
        position -> Integer,
        name -> Text,
        nature -> Text,
    }
}

diesel::table! {
    disbursement_splits (disbursement_id, funding_source_id) {
        disbursement_id -> Text,
        funding_source_id -> Text,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    disbursement_totals (call_id, state) {
        call_id -> Text,
        state -> Text,
        disbursements -> BigInt,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    disbursements (id) {
        id -> Text,
        grant_id -> Text,
        call_id -> Text,
        number -> Integer,
        kind -> Text,
        amount_cents -> BigInt,
        due_on -> Nullable<Date>,
        conditions -> Text,
        authorised_by -> Nullable<Text>,
        authorised_on -> Nullable<Date>,
        bank_account_id -> Nullable<Text>,
        payment_run_id -> Nullable<Text>,
        end_to_end_id -> Nullable<Text>,
        paid_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    document_checks (document_id) {
        document_id -> Text,
        checked_at -> Timestamp,
        is_whole -> Bool,
    }
}

diesel::table! {
    documents (id) {
        id -> Text,
        kind -> Text,
        subject_id -> Text,
        reference -> Text,
        title -> Text,
        check_code -> Text,
        facts -> Text,
        sha256 -> Nullable<Text>,
        size -> Nullable<BigInt>,
        issued_at -> Timestamp,
        transition_seq -> BigInt,
    }
}

diesel::table! {
    donations (id) {
        id -> Text,
        year -> Integer,
        number -> Integer,
        reference -> Text,
        funding_source_id -> Text,
        transfer_seq -> BigInt,
        donor_kind -> Text,
        name -> Text,
        first_names -> Text,
        legal_form -> Text,
        siren -> Text,
        street -> Text,
        postcode -> Text,
        city -> Text,
        email -> Text,
        search_key -> Text,
        amount_cents -> BigInt,
        given_on -> Date,
        means -> Text,
        gift_form -> Text,
        fund_id -> Nullable<Text>,
        axis -> Text,
        reason -> Nullable<Text>,
        recorded_by -> Text,
        erased_at -> Nullable<Timestamp>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    doomed_files (sha256) {
        sha256 -> Text,
        doomed_at -> Timestamp,
        claimed_at -> Nullable<Timestamp>,
        removed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    draft_revisions (call_id) {
        call_id -> Text,
        number -> Integer,
        settings -> Text,
        changed_by -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    due_reminders (subject_id) {
        subject_id -> Text,
        due_on -> Date,
        stage -> Integer,
        sent_at -> Timestamp,
    }
}

diesel::table! {
    earmark_overrides (application_id, axis, scope_key, number) {
        application_id -> Text,
        axis -> Text,
        scope_key -> Text,
        number -> Integer,
        call_id -> Text,
        funding_source_id -> Nullable<Text>,
        amendment_id -> Nullable<Text>,
        over_cents -> BigInt,
        reason -> Text,
        decided_by -> Text,
        decided_at -> Timestamp,
    }
}

diesel::table! {
    erasure_failures (subject_id) {
        subject_id -> Text,
        first_failed_at -> Timestamp,
        last_failed_at -> Timestamp,
        attempts -> Integer,
        error -> Text,
    }
}

diesel::table! {
    erasures (application_id) {
        application_id -> Text,
        call_id -> Text,
        ground -> Text,
        warned_at -> Nullable<Timestamp>,
        reminded_at -> Nullable<Timestamp>,
        erased_at -> Nullable<Timestamp>,
        files -> Integer,
    }
}

diesel::table! {
    evidence_pack_erasures (pack_id, grant_id, is_nameless) {
        pack_id -> Text,
        grant_id -> Text,
        is_nameless -> Bool,
        erased_at -> Timestamp,
    }
}

diesel::table! {
    evidence_pack_grants (pack_id, grant_id) {
        pack_id -> Text,
        grant_id -> Text,
    }
}

diesel::table! {
    evidence_packs (id) {
        id -> Text,
        funder_id -> Text,
        from_on -> Date,
        until_on -> Date,
        asked_by -> Text,
        asked_at -> Timestamp,
        is_whole -> Bool,
        facts_at -> Nullable<Timestamp>,
        facts -> Nullable<Text>,
        sha256 -> Nullable<Text>,
        size -> Nullable<BigInt>,
        made_at -> Nullable<Timestamp>,
        again_at -> Nullable<Timestamp>,
        remade_at -> Nullable<Timestamp>,
        remade_sha256 -> Nullable<Text>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    exchange_threads (application_id) {
        application_id -> Text,
        exchanges -> Integer,
        read_by_applicant -> Integer,
        read_by_team -> Integer,
        unread_by_applicant -> Integer,
        unread_by_team -> Integer,
    }
}

diesel::table! {
    exchanges (id) {
        id -> Text,
        application_id -> Text,
        number -> Integer,
        side -> Text,
        author_id -> Text,
        body -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    field_saves (application_id, field, page) {
        application_id -> Text,
        field -> Text,
        page -> Text,
        number -> BigInt,
        mark -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    file_scans (sha256) {
        sha256 -> Text,
        verdict -> Text,
        due_at -> Timestamp,
        scanned_at -> Nullable<Timestamp>,
        finding -> Nullable<Text>,
    }
}

diesel::table! {
    filing_signatures (application_id, organisation_id) {
        application_id -> Text,
        organisation_id -> Text,
        asked_at -> Nullable<Timestamp>,
        person_id -> Nullable<Text>,
        content_hash -> Nullable<Text>,
        signed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    filings (application_id, number) {
        application_id -> Text,
        number -> Integer,
        filed_at -> Timestamp,
        digest -> Text,
        said -> Text,
        kept_sha256 -> Text,
    }
}

diesel::table! {
    form_revisions (call_id, revision) {
        call_id -> Text,
        revision -> Integer,
        settings -> Text,
        made_at -> Timestamp,
    }
}

diesel::table! {
    form_tokens (token) {
        token -> Text,
        person_id -> Text,
        route -> Text,
        body_digest -> Text,
        answer -> Text,
        answered_at -> Timestamp,
    }
}

diesel::table! {
    former_emails (organisation_id, email) {
        organisation_id -> Text,
        email -> Text,
        until_at -> Timestamp,
    }
}

diesel::table! {
    former_names (organisation_id, name) {
        organisation_id -> Text,
        name -> Text,
        is_person -> Bool,
        until_at -> Timestamp,
    }
}

diesel::table! {
    former_pieces (attachment_id, outcome) {
        attachment_id -> Text,
        outcome -> Text,
        grant_id -> Text,
        code -> Text,
        label -> Text,
        motive -> Text,
        provided_by -> Text,
        provided_at -> Timestamp,
        judged_by -> Nullable<Text>,
        judged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    funder_people (person_id) {
        person_id -> Text,
        funder_id -> Text,
        seated_at -> Timestamp,
    }
}

diesel::table! {
    funders (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        mention -> Text,
    }
}

diesel::table! {
    funding_sources (id) {
        id -> Text,
        funder_id -> Text,
        reference -> Text,
        title -> Text,
        amount_cents -> BigInt,
        starts_on -> Date,
        ends_on -> Date,
        regranting_clause -> Nullable<Text>,
        beneficiary_ceiling_cents -> Nullable<BigInt>,
        retention_years -> Integer,
        settings -> Text,
    }
}

diesel::table! {
    funds (id) {
        id -> Text,
        code -> Text,
        name -> Text,
        settings -> Text,
    }
}

diesel::table! {
    grant_pieces (grant_id, code) {
        grant_id -> Text,
        code -> Text,
        label -> Text,
        attachment_id -> Text,
        outcome -> Text,
        motive -> Text,
        provided_by -> Text,
        provided_at -> Timestamp,
        judged_by -> Nullable<Text>,
        judged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    grants (id) {
        id -> Text,
        application_id -> Text,
        call_id -> Text,
        organisation_id -> Text,
        reference -> Text,
        amount_cents -> BigInt,
        rate_points -> Integer,
        accepted_cost_cents -> Nullable<BigInt>,
        decided_on -> Date,
        confirm_by -> Nullable<Date>,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        is_agreement_required -> Bool,
        accepted_by -> Nullable<Text>,
        accepted_at -> Nullable<Timestamp>,
        holder_signed_by -> Nullable<Text>,
        holder_signed_at -> Nullable<Timestamp>,
        issuer_signed_by -> Nullable<Text>,
        issuer_signed_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    grid_recount_lines (application_id, revision) {
        application_id -> Text,
        revision -> Integer,
        mean_before -> BigInt,
        mean_after -> BigInt,
    }
}

diesel::table! {
    grid_recounts (call_id, revision) {
        call_id -> Text,
        revision -> Integer,
        weights -> Text,
        recounted_by -> Text,
        recounted_at -> Timestamp,
    }
}

diesel::table! {
    history_heads (run_id) {
        run_id -> Text,
        seq -> BigInt,
        hash -> Text,
        is_mailed -> Bool,
        published_at -> Timestamp,
    }
}

diesel::table! {
    iban_readings (id) {
        id -> Text,
        subject_id -> Text,
        person_id -> Nullable<Text>,
        purpose -> Text,
        detail -> Text,
        read_at -> Timestamp,
    }
}

diesel::table! {
    instalment_lines (line_id) {
        line_id -> Text,
        instalment_id -> Text,
        done_by -> Text,
        done_at -> Timestamp,
    }
}

diesel::table! {
    instances (id, place) {
        id -> Text,
        place -> Text,
        known_at -> Timestamp,
    }
}

diesel::table! {
    integrity_findings (run_id, position) {
        run_id -> Text,
        position -> Integer,
        number -> Integer,
        promise -> Text,
        checked -> BigInt,
        broken -> BigInt,
        examples -> Text,
    }
}

diesel::table! {
    integrity_runs (id) {
        id -> Text,
        ran_at -> Timestamp,
        ran_by -> Nullable<Text>,
        promises -> Integer,
        broken_promises -> Integer,
        fingerprint -> Text,
    }
}

diesel::table! {
    interest_declarations (id) {
        id -> Text,
        person_id -> Text,
        session_id -> Nullable<Text>,
        declared_at -> Timestamp,
    }
}

diesel::table! {
    interests (declaration_id, position) {
        declaration_id -> Text,
        position -> Integer,
        organisation -> Text,
        number -> Text,
        bond -> Text,
        detail -> Text,
    }
}

diesel::table! {
    invitations (message_id) {
        message_id -> Text,
        booking_id -> Text,
        sequence -> Integer,
    }
}

diesel::table! {
    judgements (application_id, rule_code, number) {
        application_id -> Text,
        rule_code -> Text,
        number -> Integer,
        is_met -> Bool,
        sentence -> Text,
        note -> Text,
        basis -> Text,
        judged_by -> Text,
        judged_at -> Timestamp,
    }
}

diesel::table! {
    keepings (application_id, kept_at) {
        application_id -> Text,
        kept_at -> Timestamp,
        until_on -> Date,
        reason -> Text,
        kept_by -> Text,
    }
}

diesel::table! {
    kept_apart (call_id, one_id, other_id) {
        call_id -> Text,
        one_id -> Text,
        other_id -> Text,
        set_by -> Text,
        set_at -> Timestamp,
    }
}

diesel::table! {
    kept_forms (application_id) {
        application_id -> Text,
        revision -> Integer,
    }
}

diesel::table! {
    letter_edits (application_id, number) {
        application_id -> Text,
        number -> Integer,
        kind -> Text,
        is_model -> Bool,
        subject -> Text,
        opening -> Text,
        ending -> Text,
        basis -> Text,
        edited_by -> Text,
        edited_at -> Timestamp,
    }
}

diesel::table! {
    lifecycle_edges (id) {
        id -> Text,
        machine -> Text,
        from_state -> Text,
        event -> Text,
        to_state -> Text,
        roles -> Text,
    }
}

diesel::table! {
    login_attempts (id) {
        id -> Text,
        who -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    login_links (id) {
        id -> Text,
        person_id -> Text,
        token_hash -> Text,
        next_path -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mandate_declarations (mandate_id, declaration_id) {
        mandate_id -> Text,
        declaration_id -> Text,
    }
}

diesel::table! {
    mandates (id) {
        id -> Text,
        organisation_id -> Text,
        name -> Text,
        duty -> Text,
        from_on -> Nullable<Date>,
        until_on -> Nullable<Date>,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    meeting_slots (id) {
        id -> Text,
        fund_id -> Text,
        adviser_name -> Text,
        adviser_email -> Text,
        starts_at -> Timestamp,
        minutes -> Integer,
        means -> Text,
        place -> Text,
        opened_by -> Text,
        opened_at -> Timestamp,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    messages (id) {
        id -> Text,
        dedupe_key -> Text,
        kind -> Text,
        recipient_id -> Nullable<Text>,
        recipient_address -> Text,
        recipient_name -> Text,
        subject_line -> Text,
        facts -> Text,
        document_id -> Nullable<Text>,
        about_id -> Text,
        cause_seq -> Nullable<BigInt>,
        login_link_id -> Nullable<Text>,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        leased_until -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        sent_at -> Nullable<Timestamp>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    minutes_signatures (session_id, number) {
        session_id -> Text,
        number -> Integer,
        person_id -> Text,
        digest -> Text,
        signed_at -> Timestamp,
        document_id -> Text,
    }
}

diesel::table! {
    one_time_codes (id) {
        id -> Text,
        purpose -> Text,
        person_id -> Text,
        subject_id -> Text,
        subject_digest -> Text,
        code_hash -> Text,
        tries -> Integer,
        asked_at -> Timestamp,
        expires_at -> Timestamp,
        spent_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    organisation_erasures (organisation_id) {
        organisation_id -> Text,
        warned_at -> Timestamp,
        erased_at -> Nullable<Timestamp>,
        files -> Integer,
    }
}

diesel::table! {
    organisation_members (organisation_id, person_id) {
        organisation_id -> Text,
        person_id -> Text,
        seat -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    organisation_profiles (organisation_id) {
        organisation_id -> Text,
        is_osim -> Nullable<Bool>,
        staff -> Nullable<Text>,
        volunteers -> Nullable<Integer>,
        members -> Nullable<Integer>,
        membership -> Nullable<Text>,
        delegation -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    organisations (id) {
        id -> Text,
        name -> Text,
        legal_form -> Text,
        siret -> Nullable<Text>,
        rna -> Nullable<Text>,
        uai -> Nullable<Text>,
        street -> Text,
        postcode -> Text,
        city -> Text,
        commune_code -> Nullable<Text>,
        department -> Text,
        country_code -> Text,
        founded_on -> Nullable<Date>,
        annual_budget_cents -> Nullable<BigInt>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        website -> Nullable<Text>,
        representative_name -> Text,
        representative_title -> Text,
        sort_key -> Text,
        search_key -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    owed_documents (application_id, document_code) {
        application_id -> Text,
        document_code -> Text,
        due_on -> Date,
        promised_by -> Text,
        promised_at -> Timestamp,
        reminders -> Integer,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    pairing_wishes (application_id) {
        application_id -> Text,
        call_id -> Text,
        wish -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    pairings (application_id, other_id, paired_at) {
        application_id -> Text,
        other_id -> Text,
        carried -> Text,
        paired_by -> Text,
        paired_at -> Timestamp,
        ended_by -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        reason -> Text,
    }
}

diesel::table! {
    paper_signatures (document_id, side) {
        document_id -> Text,
        side -> Text,
        person_id -> Text,
        name -> Text,
        masked_address -> Text,
        way -> Text,
        session -> Text,
        digest -> Text,
        attachment_id -> Nullable<Text>,
        scan_sha256 -> Nullable<Text>,
        signed_at -> Timestamp,
        signed_by -> Nullable<Text>,
        signed_on -> Nullable<Date>,
    }
}

diesel::table! {
    passes (application_id, kind, opened_at) {
        application_id -> Text,
        kind -> Text,
        opened_at -> Timestamp,
        until_at -> Timestamp,
        opened_by -> Text,
        reason -> Text,
    }
}

diesel::table! {
    payer_accounts (id) {
        id -> Text,
        holder -> Text,
        iban -> Text,
        bic -> Nullable<Text>,
        created_at -> Timestamp,
        iban_mark -> Text,
    }
}

diesel::table! {
    payer_proposals (payer_account_id) {
        payer_account_id -> Text,
        proposed_by -> Text,
        proposed_at -> Timestamp,
        confirmed_by -> Nullable<Text>,
        confirmed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    payment_files (payment_run_id) {
        payment_run_id -> Text,
        sha256 -> Text,
        content -> Text,
        made_at -> Timestamp,
        kept_sha256 -> Text,
    }
}

diesel::table! {
    payment_run_lines (payment_run_id, disbursement_id) {
        payment_run_id -> Text,
        disbursement_id -> Text,
        bank_account_id -> Text,
        end_to_end_id -> Text,
        amount_cents -> BigInt,
        kept_back_cents -> BigInt,
        outcome -> Text,
        carried_to -> Nullable<Text>,
    }
}

diesel::table! {
    payment_runs (id) {
        id -> Text,
        reference -> Text,
        payer_account_id -> Text,
        execution_on -> Date,
        prepared_by -> Text,
        approved_by -> Nullable<Text>,
        approved_at -> Nullable<Timestamp>,
        exported_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    people (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        phone -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        sort_key -> Text,
        search_key -> Text,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    person_roles (person_id, role) {
        person_id -> Text,
        role -> Text,
        granted_by -> Nullable<Text>,
        granted_at -> Timestamp,
    }
}

diesel::table! {
    promotions (id) {
        id -> Text,
        call_id -> Text,
        application_id -> Text,
        live_key -> Nullable<Text>,
        amount_cents -> BigInt,
        motive -> Text,
        conditions -> Text,
        skipping -> Text,
        proposed_by -> Text,
        proposed_at -> Timestamp,
        outcome -> Nullable<Text>,
        answer -> Text,
        answered_by -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        beyond -> Text,
    }
}

diesel::table! {
    public_accountants (bank_account_id, account_version) {
        bank_account_id -> Text,
        account_version -> Integer,
        legal_form -> Text,
        reason -> Text,
        written_by -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    recoveries (id) {
        id -> Text,
        grant_id -> Text,
        amount_cents -> BigInt,
        requested_on -> Date,
        due_on -> Date,
        received_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    recusals (id) {
        id -> Text,
        person_id -> Text,
        application_id -> Text,
        reason -> Text,
        declared_by -> Text,
        declared_at -> Timestamp,
    }
}

diesel::table! {
    release_plans (call_id) {
        call_id -> Text,
        release_at -> Timestamp,
        fixed_by -> Text,
        fixed_at -> Timestamp,
        halted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report_answers (report_id, question) {
        report_id -> Text,
        question -> Text,
        value -> Text,
    }
}

diesel::table! {
    report_changes (report_id, position) {
        report_id -> Text,
        position -> Integer,
        item -> Text,
        note -> Text,
    }
}

diesel::table! {
    report_extensions (report_id, number) {
        report_id -> Text,
        number -> Integer,
        former_on -> Date,
        wanted_on -> Date,
        reason -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        granted_on -> Nullable<Date>,
        motive -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report_lines (report_id, position) {
        report_id -> Text,
        position -> Integer,
        account -> Text,
        side -> Text,
        label -> Text,
        planned_cents -> BigInt,
        actual_cents -> BigInt,
        is_eligible -> Bool,
        explanation -> Text,
        ineligible_cents -> BigInt,
    }
}

diesel::table! {
    report_signatures (report_id) {
        report_id -> Text,
        asked_at -> Nullable<Timestamp>,
        person_id -> Nullable<Text>,
        content_hash -> Nullable<Text>,
        signed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reports (id) {
        id -> Text,
        grant_id -> Text,
        call_id -> Text,
        kind -> Text,
        due_on -> Date,
        submitted_by -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        accepted_cost_cents -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    review_confidences (review_id) {
        review_id -> Text,
        confidence -> Text,
    }
}

diesel::table! {
    review_notices (message_id, review_id) {
        message_id -> Text,
        review_id -> Text,
    }
}

diesel::table! {
    review_saves (review_id, field, page) {
        review_id -> Text,
        field -> Text,
        page -> Text,
        number -> BigInt,
        mark -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    review_scores (review_id, criterion) {
        review_id -> Text,
        criterion -> Text,
        points -> Nullable<Integer>,
        comment -> Text,
    }
}

diesel::table! {
    reviews (id) {
        id -> Text,
        call_id -> Text,
        application_id -> Text,
        person_id -> Text,
        due_on -> Nullable<Date>,
        total -> Nullable<BigInt>,
        opinion -> Text,
        reason -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
        opened_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    scenario_lines (scenario_id, application_id) {
        scenario_id -> Text,
        application_id -> Text,
        verdict -> Text,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    scenarios (id) {
        id -> Text,
        session_id -> Text,
        name -> Text,
        created_by -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sealed_answers (token, subject_id) {
        token -> Text,
        subject_id -> Text,
        sealed -> Text,
    }
}

diesel::table! {
    seat_origins (seat_id) {
        seat_id -> Text,
        college -> Text,
        employer -> Text,
        employer_number -> Text,
        employer_domain -> Text,
    }
}

diesel::table! {
    seat_skills (seat_id, kind, code) {
        seat_id -> Text,
        kind -> Text,
        code -> Text,
    }
}

diesel::table! {
    session_attendance (session_id, person_id) {
        session_id -> Text,
        person_id -> Text,
        presence -> Text,
    }
}

diesel::table! {
    session_file_turns (session_id, application_id) {
        session_id -> Text,
        application_id -> Text,
        turn -> BigInt,
    }
}

diesel::table! {
    session_items (session_id, application_id) {
        session_id -> Text,
        application_id -> Text,
        position -> Integer,
    }
}

diesel::table! {
    session_minutes (session_id, number) {
        session_id -> Text,
        number -> Integer,
        reason -> Text,
        facts -> Text,
        digest -> Text,
        written_by -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    session_proposals (session_id, application_id) {
        session_id -> Text,
        application_id -> Text,
        verdict -> Text,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    session_proxies (session_id, person_id) {
        session_id -> Text,
        person_id -> Text,
        holder_id -> Text,
    }
}

diesel::table! {
    session_rooms (session_id) {
        session_id -> Text,
        application_id -> Nullable<Text>,
        turn -> BigInt,
    }
}

diesel::table! {
    session_votes (session_id, application_id, number) {
        session_id -> Text,
        application_id -> Text,
        number -> Integer,
        in_favour -> Integer,
        against -> Integer,
        abstained -> Integer,
        voices -> Integer,
        reason -> Text,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        call_id -> Text,
        title -> Text,
        meets_at -> Timestamp,
        place -> Text,
        chair_id -> Nullable<Text>,
        quorum -> Integer,
        confirmed_on -> Nullable<Date>,
        state -> Text,
        version -> Integer,
        state_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    sign_ins (id) {
        id -> Text,
        person_id -> Text,
        token_hash -> Text,
        device -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_papers (document_id) {
        document_id -> Text,
        grant_id -> Text,
        amendment_id -> Nullable<Text>,
        sign_by -> Date,
        replaced_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    slot_bookings (id) {
        id -> Text,
        slot_id -> Text,
        application_id -> Text,
        live_slot -> Nullable<Text>,
        live_file -> Nullable<Text>,
        booked_by -> Text,
        booked_at -> Timestamp,
        ended_by -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Text,
    }
}

diesel::table! {
    source_changes (id) {
        id -> Text,
        funding_source_id -> Text,
        settings -> Text,
        changed_by -> Text,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    source_instalments (id) {
        id -> Text,
        funding_source_id -> Text,
        label -> Text,
        expected_on -> Date,
        expected_cents -> BigInt,
        received_on -> Nullable<Date>,
        received_cents -> Nullable<BigInt>,
        bank_reference -> Nullable<Text>,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    source_reports (id) {
        id -> Text,
        funding_source_id -> Text,
        title -> Text,
        due_on -> Date,
        sent_on -> Nullable<Date>,
        recorded_by -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    statement_effects (line_id, subject_id) {
        line_id -> Text,
        subject_id -> Text,
        doing -> Text,
        disbursement_id -> Nullable<Text>,
        recovery_id -> Nullable<Text>,
        amount_cents -> BigInt,
        done_by -> Text,
        done_at -> Timestamp,
    }
}

diesel::table! {
    statement_imports (id) {
        id -> Text,
        payer_account_id -> Text,
        sha256 -> Text,
        format -> Text,
        file_name -> Text,
        reference -> Text,
        from_on -> Date,
        until_on -> Date,
        line_count -> Integer,
        known_count -> Integer,
        imported_by -> Text,
        imported_at -> Timestamp,
    }
}

diesel::table! {
    statement_lines (id) {
        id -> Text,
        import_id -> Text,
        payer_account_id -> Text,
        position -> Integer,
        line_key -> Text,
        is_double -> Bool,
        booked_on -> Date,
        side -> Text,
        amount_cents -> BigInt,
        currency -> Text,
        end_to_end_id -> Nullable<Text>,
        batch_id -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        counterpart -> Text,
        masked_account -> Text,
        bank_account_id -> Nullable<Text>,
        label -> Text,
        return_reason -> Nullable<Text>,
    }
}

diesel::table! {
    statement_mappings (payer_account_id) {
        payer_account_id -> Text,
        mapping -> Text,
        kept_by -> Text,
        kept_at -> Timestamp,
    }
}

diesel::table! {
    tax_receipts (id) {
        id -> Text,
        donation_id -> Text,
        live_key -> Nullable<Text>,
        year -> Integer,
        number -> Integer,
        reference -> Text,
        amount_cents -> BigInt,
        articles -> Text,
        document_id -> Text,
        issued_by -> Text,
        issued_at -> Timestamp,
        cancelled_at -> Nullable<Timestamp>,
        cancel_reason -> Text,
        void_document_id -> Nullable<Text>,
    }
}

diesel::table! {
    tie_declarations (application_id) {
        application_id -> Text,
        has_ties -> Bool,
        declared_by -> Text,
        declared_at -> Timestamp,
    }
}

diesel::table! {
    transfers (seq) {
        seq -> BigInt,
        from_account -> Text,
        to_account -> Text,
        amount_cents -> BigInt,
        kind -> Text,
        disbursement_id -> Nullable<Text>,
        reverses_seq -> Nullable<BigInt>,
        transition_seq -> Nullable<BigInt>,
        at -> Timestamp,
    }
}

diesel::table! {
    transitions (seq) {
        seq -> BigInt,
        machine -> Text,
        subject_id -> Text,
        edge_id -> Text,
        from_state -> Text,
        event -> Text,
        to_state -> Text,
        actor_id -> Nullable<Text>,
        role -> Text,
        reason -> Text,
        at -> Timestamp,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    vault_papers (attachment_id) {
        attachment_id -> Text,
        organisation_id -> Text,
        expires_on -> Nullable<Date>,
    }
}

diesel::joinable!(accepted_lines -> reports (report_id));
diesel::joinable!(account_checks -> bank_accounts (bank_account_id));
diesel::joinable!(account_checks -> people (checked_by));
diesel::joinable!(account_days -> accounts (account_id));
diesel::joinable!(account_erasures -> people (person_id));
diesel::joinable!(accounting_entries -> accounting_exports (export_id));
diesel::joinable!(accounting_entries -> transfers (transfer_seq));
diesel::joinable!(accounting_exports -> people (made_by));
diesel::joinable!(accounts -> calls (call_id));
diesel::joinable!(accounts -> funding_sources (funding_source_id));
diesel::joinable!(accounts -> grants (grant_id));
diesel::joinable!(amendment_changes -> amendments (amendment_id));
diesel::joinable!(amendment_lines -> amendments (amendment_id));
diesel::joinable!(amendment_overrides -> amendments (amendment_id));
diesel::joinable!(amendment_overrides -> people (decided_by));
diesel::joinable!(amendments -> grants (grant_id));
diesel::joinable!(amendments -> people (requested_by));
diesel::joinable!(answers -> applications (application_id));
diesel::joinable!(application_partners -> applications (application_id));
diesel::joinable!(application_tags -> applications (application_id));
diesel::joinable!(applications -> calls (call_id));
diesel::joinable!(applications -> communes (commune_code));
diesel::joinable!(attachments -> people (uploaded_by));
diesel::joinable!(balances -> grants (grant_id));
diesel::joinable!(bank_accounts -> attachments (rib_attachment_id));
diesel::joinable!(bank_accounts -> organisations (organisation_id));
diesel::joinable!(budget_lines -> applications (application_id));
diesel::joinable!(call_sources -> calls (call_id));
diesel::joinable!(call_sources -> funding_sources (funding_source_id));
diesel::joinable!(calls -> funds (fund_id));
diesel::joinable!(closing_reminders -> calls (call_id));
diesel::joinable!(committee_mandates -> funds (fund_id));
diesel::joinable!(committee_mandates -> people (person_id));
diesel::joinable!(committee_seats -> calls (call_id));
diesel::joinable!(committee_seats -> people (person_id));
diesel::joinable!(complement_items -> complement_requests (request_id));
diesel::joinable!(complement_requests -> applications (application_id));
diesel::joinable!(complement_requests -> people (asked_by));
diesel::joinable!(conflict_answers -> organisations (organisation_id));
diesel::joinable!(cost_marks -> applications (application_id));
diesel::joinable!(cost_marks -> people (marked_by));
diesel::joinable!(decision_readings -> applications (application_id));
diesel::joinable!(decision_readings -> people (opened_by));
diesel::joinable!(declared_ties -> applications (application_id));
diesel::joinable!(disbursement_splits -> disbursements (disbursement_id));
diesel::joinable!(disbursement_splits -> funding_sources (funding_source_id));
diesel::joinable!(disbursement_totals -> calls (call_id));
diesel::joinable!(disbursements -> bank_accounts (bank_account_id));
diesel::joinable!(disbursements -> calls (call_id));
diesel::joinable!(disbursements -> grants (grant_id));
diesel::joinable!(disbursements -> payment_runs (payment_run_id));
diesel::joinable!(disbursements -> people (authorised_by));
diesel::joinable!(document_checks -> documents (document_id));
diesel::joinable!(documents -> transitions (transition_seq));
diesel::joinable!(donations -> funding_sources (funding_source_id));
diesel::joinable!(donations -> funds (fund_id));
diesel::joinable!(donations -> people (recorded_by));
diesel::joinable!(donations -> transfers (transfer_seq));
diesel::joinable!(draft_revisions -> calls (call_id));
diesel::joinable!(draft_revisions -> people (changed_by));
diesel::joinable!(earmark_overrides -> amendments (amendment_id));
diesel::joinable!(earmark_overrides -> applications (application_id));
diesel::joinable!(earmark_overrides -> calls (call_id));
diesel::joinable!(earmark_overrides -> funding_sources (funding_source_id));
diesel::joinable!(earmark_overrides -> people (decided_by));
diesel::joinable!(erasures -> applications (application_id));
diesel::joinable!(erasures -> calls (call_id));
diesel::joinable!(evidence_pack_erasures -> evidence_packs (pack_id));
diesel::joinable!(evidence_pack_erasures -> grants (grant_id));
diesel::joinable!(evidence_pack_grants -> evidence_packs (pack_id));
diesel::joinable!(evidence_pack_grants -> grants (grant_id));
diesel::joinable!(evidence_packs -> funders (funder_id));
diesel::joinable!(evidence_packs -> people (asked_by));
diesel::joinable!(exchange_threads -> applications (application_id));
diesel::joinable!(exchanges -> applications (application_id));
diesel::joinable!(exchanges -> people (author_id));
diesel::joinable!(field_saves -> applications (application_id));
diesel::joinable!(filing_signatures -> applications (application_id));
diesel::joinable!(filing_signatures -> organisations (organisation_id));
diesel::joinable!(filing_signatures -> people (person_id));
diesel::joinable!(filings -> applications (application_id));
diesel::joinable!(form_revisions -> calls (call_id));
diesel::joinable!(form_tokens -> people (person_id));
diesel::joinable!(former_emails -> organisations (organisation_id));
diesel::joinable!(former_names -> organisations (organisation_id));
diesel::joinable!(former_pieces -> grants (grant_id));
diesel::joinable!(funder_people -> funders (funder_id));
diesel::joinable!(funder_people -> people (person_id));
diesel::joinable!(funding_sources -> funders (funder_id));
diesel::joinable!(grant_pieces -> grants (grant_id));
diesel::joinable!(grants -> applications (application_id));
diesel::joinable!(grants -> calls (call_id));
diesel::joinable!(grants -> organisations (organisation_id));
diesel::joinable!(grid_recount_lines -> applications (application_id));
diesel::joinable!(grid_recounts -> calls (call_id));
diesel::joinable!(grid_recounts -> people (recounted_by));
diesel::joinable!(history_heads -> integrity_runs (run_id));
diesel::joinable!(iban_readings -> people (person_id));
diesel::joinable!(instalment_lines -> people (done_by));
diesel::joinable!(instalment_lines -> source_instalments (instalment_id));
diesel::joinable!(instalment_lines -> statement_lines (line_id));
diesel::joinable!(integrity_findings -> integrity_runs (run_id));
diesel::joinable!(integrity_runs -> people (ran_by));
diesel::joinable!(interest_declarations -> people (person_id));
diesel::joinable!(interest_declarations -> sessions (session_id));
diesel::joinable!(interests -> interest_declarations (declaration_id));
diesel::joinable!(invitations -> messages (message_id));
diesel::joinable!(invitations -> slot_bookings (booking_id));
diesel::joinable!(judgements -> applications (application_id));
diesel::joinable!(judgements -> people (judged_by));
diesel::joinable!(keepings -> applications (application_id));
diesel::joinable!(keepings -> people (kept_by));
diesel::joinable!(kept_apart -> calls (call_id));
diesel::joinable!(kept_forms -> applications (application_id));
diesel::joinable!(letter_edits -> applications (application_id));
diesel::joinable!(letter_edits -> people (edited_by));
diesel::joinable!(login_links -> people (person_id));
diesel::joinable!(mandate_declarations -> committee_mandates (mandate_id));
diesel::joinable!(mandate_declarations -> interest_declarations (declaration_id));
diesel::joinable!(mandates -> organisations (organisation_id));
diesel::joinable!(meeting_slots -> funds (fund_id));
diesel::joinable!(messages -> documents (document_id));
diesel::joinable!(messages -> login_links (login_link_id));
diesel::joinable!(messages -> people (recipient_id));
diesel::joinable!(messages -> transitions (cause_seq));
diesel::joinable!(minutes_signatures -> documents (document_id));
diesel::joinable!(minutes_signatures -> people (person_id));
diesel::joinable!(minutes_signatures -> sessions (session_id));
diesel::joinable!(one_time_codes -> people (person_id));
diesel::joinable!(organisation_erasures -> organisations (organisation_id));
diesel::joinable!(organisation_members -> organisations (organisation_id));
diesel::joinable!(organisation_members -> people (person_id));
diesel::joinable!(organisation_profiles -> organisations (organisation_id));
diesel::joinable!(organisations -> communes (commune_code));
diesel::joinable!(owed_documents -> applications (application_id));
diesel::joinable!(owed_documents -> people (promised_by));
diesel::joinable!(pairing_wishes -> applications (application_id));
diesel::joinable!(pairing_wishes -> calls (call_id));
diesel::joinable!(pairing_wishes -> people (asked_by));
diesel::joinable!(paper_signatures -> people (person_id));
diesel::joinable!(paper_signatures -> signing_papers (document_id));
diesel::joinable!(passes -> applications (application_id));
diesel::joinable!(passes -> people (opened_by));
diesel::joinable!(payer_proposals -> payer_accounts (payer_account_id));
diesel::joinable!(payment_files -> payment_runs (payment_run_id));
diesel::joinable!(payment_run_lines -> bank_accounts (bank_account_id));
diesel::joinable!(payment_run_lines -> disbursements (disbursement_id));
diesel::joinable!(payment_runs -> payer_accounts (payer_account_id));
diesel::joinable!(promotions -> applications (application_id));
diesel::joinable!(promotions -> calls (call_id));
diesel::joinable!(public_accountants -> bank_accounts (bank_account_id));
diesel::joinable!(public_accountants -> people (written_by));
diesel::joinable!(recoveries -> grants (grant_id));
diesel::joinable!(recusals -> applications (application_id));
diesel::joinable!(release_plans -> calls (call_id));
diesel::joinable!(release_plans -> people (fixed_by));
diesel::joinable!(report_answers -> reports (report_id));
diesel::joinable!(report_changes -> reports (report_id));
diesel::joinable!(report_extensions -> reports (report_id));
diesel::joinable!(report_lines -> reports (report_id));
diesel::joinable!(report_signatures -> people (person_id));
diesel::joinable!(report_signatures -> reports (report_id));
diesel::joinable!(reports -> calls (call_id));
diesel::joinable!(reports -> grants (grant_id));
diesel::joinable!(reports -> people (submitted_by));
diesel::joinable!(review_confidences -> reviews (review_id));
diesel::joinable!(review_notices -> messages (message_id));
diesel::joinable!(review_notices -> reviews (review_id));
diesel::joinable!(review_saves -> reviews (review_id));
diesel::joinable!(review_scores -> reviews (review_id));
diesel::joinable!(reviews -> applications (application_id));
diesel::joinable!(reviews -> calls (call_id));
diesel::joinable!(reviews -> people (person_id));
diesel::joinable!(scenario_lines -> applications (application_id));
diesel::joinable!(scenario_lines -> scenarios (scenario_id));
diesel::joinable!(scenarios -> people (created_by));
diesel::joinable!(scenarios -> sessions (session_id));
diesel::joinable!(seat_origins -> committee_seats (seat_id));
diesel::joinable!(seat_skills -> committee_seats (seat_id));
diesel::joinable!(session_attendance -> people (person_id));
diesel::joinable!(session_attendance -> sessions (session_id));
diesel::joinable!(session_file_turns -> applications (application_id));
diesel::joinable!(session_file_turns -> sessions (session_id));
diesel::joinable!(session_items -> applications (application_id));
diesel::joinable!(session_items -> sessions (session_id));
diesel::joinable!(session_minutes -> people (written_by));
diesel::joinable!(session_minutes -> sessions (session_id));
diesel::joinable!(session_proposals -> applications (application_id));
diesel::joinable!(session_proposals -> sessions (session_id));
diesel::joinable!(session_proxies -> sessions (session_id));
diesel::joinable!(session_rooms -> applications (application_id));
diesel::joinable!(session_rooms -> sessions (session_id));
diesel::joinable!(session_votes -> applications (application_id));
diesel::joinable!(session_votes -> people (recorded_by));
diesel::joinable!(session_votes -> sessions (session_id));
diesel::joinable!(sessions -> calls (call_id));
diesel::joinable!(sessions -> people (chair_id));
diesel::joinable!(sign_ins -> people (person_id));
diesel::joinable!(signing_papers -> amendments (amendment_id));
diesel::joinable!(signing_papers -> documents (document_id));
diesel::joinable!(signing_papers -> grants (grant_id));
diesel::joinable!(slot_bookings -> applications (application_id));
diesel::joinable!(slot_bookings -> meeting_slots (slot_id));
diesel::joinable!(source_changes -> funding_sources (funding_source_id));
diesel::joinable!(source_changes -> people (changed_by));
diesel::joinable!(source_instalments -> funding_sources (funding_source_id));
diesel::joinable!(source_instalments -> people (recorded_by));
diesel::joinable!(source_reports -> funding_sources (funding_source_id));
diesel::joinable!(source_reports -> people (recorded_by));
diesel::joinable!(statement_effects -> disbursements (disbursement_id));
diesel::joinable!(statement_effects -> people (done_by));
diesel::joinable!(statement_effects -> recoveries (recovery_id));
diesel::joinable!(statement_effects -> statement_lines (line_id));
diesel::joinable!(statement_imports -> payer_accounts (payer_account_id));
diesel::joinable!(statement_imports -> people (imported_by));
diesel::joinable!(statement_lines -> bank_accounts (bank_account_id));
diesel::joinable!(statement_lines -> payer_accounts (payer_account_id));
diesel::joinable!(statement_lines -> statement_imports (import_id));
diesel::joinable!(statement_mappings -> payer_accounts (payer_account_id));
diesel::joinable!(statement_mappings -> people (kept_by));
diesel::joinable!(tax_receipts -> donations (donation_id));
diesel::joinable!(tax_receipts -> people (issued_by));
diesel::joinable!(tie_declarations -> applications (application_id));
diesel::joinable!(tie_declarations -> people (declared_by));
diesel::joinable!(transfers -> disbursements (disbursement_id));
diesel::joinable!(transfers -> transitions (transition_seq));
diesel::joinable!(transitions -> lifecycle_edges (edge_id));
diesel::joinable!(transitions -> people (actor_id));
diesel::joinable!(vault_papers -> attachments (attachment_id));
diesel::joinable!(vault_papers -> organisations (organisation_id));
