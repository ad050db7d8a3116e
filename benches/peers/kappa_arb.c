/* One entry E[relu(u) relu(v)] of the layer in Arb, from (a, b, c): the ball arithmetic that peers use from C.
 *
 *     cc -O2 benches/peers/kappa_arb.c -o kappa_arb -lflint-arb -lflint   (Debian: libflint-arb-dev, libflint-dev)
 *     ./kappa_arb 128 256 1024
 *
 * A JSON line for each precision: bits, and seconds an entry, the least over the rounds. One thread; the inputs are
 * exact, 1/2pi is computed once, nothing is allocated in the loop. The same entries as in examples/time_kappa.rs. */
#include <arb.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ENTRIES = 256, ROUNDS = 30 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* A number in [0, 1) with `bits` bits, by Knuth's MMIX generator. */
static void uniform(arb_t x, slong bits, unsigned long long *state)
{
    arb_zero(x);
    for (slong left = bits; left > 0; left -= 32) {
        *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
        arb_mul_2exp_si(x, x, 32);
        arb_add_ui(x, x, (ulong) (*state >> 32), ARF_PREC_EXACT);
    }
    arb_mul_2exp_si(x, x, -32 * ((bits + 31) / 32));
    arf_set_round(arb_midref(x), arb_midref(x), bits, ARF_RND_DOWN);
}

int main(int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        slong bits = atol(argv[k]);
        unsigned long long state = 1;
        arb_ptr a = _arb_vec_init(ENTRIES), b = _arb_vec_init(ENTRIES), c = _arb_vec_init(ENTRIES);
        arb_t root, angle, minus, value, inverse;
        arb_init(root), arb_init(angle), arb_init(minus), arb_init(value), arb_init(inverse);
        arb_const_pi(inverse, bits + 10);
        arb_mul_2exp_si(inverse, inverse, 1);
        arb_inv(inverse, inverse, bits);
        for (int i = 0; i < ENTRIES; i++) {
            /* a, b in [1, 2), correlation in (-1, 1) */
            uniform(a + i, bits, &state), uniform(b + i, bits, &state), uniform(c + i, bits, &state);
            arb_add_ui(a + i, a + i, 1, bits), arb_add_ui(b + i, b + i, 1, bits);
            arb_mul_2exp_si(c + i, c + i, 1), arb_sub_ui(c + i, c + i, 1, bits);
            arb_mul(root, a + i, b + i, bits), arb_sqrt(root, root, bits), arb_mul(c + i, c + i, root, bits);
            mag_zero(arb_radref(a + i)), mag_zero(arb_radref(b + i)), mag_zero(arb_radref(c + i));
        }
        double least = 1e9;
        for (int round = 0; round < ROUNDS; round++) {
            double start = now();
            for (int i = 0; i < ENTRIES; i++) {
                arb_mul(root, a + i, b + i, 2 * bits);
                arb_submul(root, c + i, c + i, bits);
                arb_sqrt(root, root, bits);
                arb_neg(minus, c + i);
                arb_atan2(angle, root, minus, bits);
                arb_addmul(root, angle, c + i, bits);
                arb_mul(value, root, inverse, bits);
            }
            double seconds = (now() - start) / ENTRIES;
            if (seconds < least) least = seconds;
        }
        printf("{\"bits\":%ld,\"seconds_per_entry\":%.4g}\n", (long) bits, least);
        arb_clear(root), arb_clear(angle), arb_clear(minus), arb_clear(value), arb_clear(inverse);
        _arb_vec_clear(a, ENTRIES), _arb_vec_clear(b, ENTRIES), _arb_vec_clear(c, ENTRIES);
    }
    flint_cleanup();
    return 0;
}
