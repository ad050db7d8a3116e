#!/bin/sh
# Compiles the Coq development under proofs/coq and prints its main theorems with all that they assume. Fails if a file
# leaves anything unproved, or if a theorem rests on more than the four axioms of classical real analysis.
#
# Coq, coq-interval and Coquelicot are installed where they are missing (Debian packages). Only where no package manager
# can provide them is this skipped, with a line that says so.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
. "$scripts/install.sh"
cd "$scripts/../proofs/coq"

has_coq() {
    command -v coqc >/dev/null 2>&1 && command -v coq_makefile >/dev/null 2>&1 || return 1
    libraries=$(coqc -where)/user-contrib
    [ -e "$libraries/Interval/Tactic.vo" ] && [ -e "$libraries/Coquelicot/Coquelicot.vo" ]
}

if ! has_coq; then
    if command -v apt-get >/dev/null 2>&1; then
        find_manager
        install coq "coq libcoq-interval libcoq-coquelicot make"
    else
        echo "coq: SKIPPED: Coq with coq-interval and Coquelicot is missing, and no package manager here provides them;" \
            "try  opam install coq.8.16.1 coq-interval coq-coquelicot" >&2
        exit 0
    fi
fi

# What would let a proof pass that is none. Section hypotheses are discharged and need no ban.
if grep -nwE 'Admitted|admit|give_up|Axiom|Axioms|Parameter|Parameters|Conjecture|bypass_check|Unset Guard Checking' ./*.v; then
    echo "coq: the lines above leave something unproved" >&2
    exit 1
fi

coq_makefile -f _CoqProject -o Makefile.coq
make --no-print-directory -f Makefile.coq -j "${JOBS:-2}" >&2

# Anew every time, for its output: the statements, then the axioms that they rest on.
coqc -q -w -ambiguous-paths -Q . OddPoint Main.v >main-theorems.out
cat main-theorems.out

# The names of axioms stand at the beginning of a line, what they say is indented.
unexpected=$(sed '1,/^Axioms:/d' main-theorems.out | grep -o '^[A-Za-z_][A-Za-z0-9_.]*' | sort -u | grep -vxF \
    -e ClassicalDedekindReals.sig_forall_dec -e ClassicalDedekindReals.sig_not_dec \
    -e FunctionalExtensionality.functional_extensionality_dep -e Classical_Prop.classic || true)
if ! grep -q '^Axioms:' main-theorems.out || [ -n "$unexpected" ]; then
    echo "coq: the theorems assume more than the axioms of classical real analysis: $unexpected" >&2
    exit 1
fi
echo "coq: all proofs checked; only the four usual axioms of classical real analysis are assumed"
