/* The `learn` rule of rules/week.py in C, to measure the compiled engine against (benchmarks/speed.py). */
#include <stddef.h>

enum { WHOLE, GROUP, ONE, SUPERVISED, UNSUPERVISED, PEER, TUTOR, HOME, EXTRA, PATH, HOME_PATH,
       T_WHOLE, T_GROUP, T_PATH, T_ONE, A_LED, A_GROUP, A_SUPERVISED, A_UNSUPERVISED, A_PEER, A_HOME,
       N_WHOLE, N_GROUP, N_ONE, N_INDEPENDENT, N_HOME, N_EXTRA, GAP,
       Q_WHOLE, Q_GROUP, Q_ONE, Q_INDEPENDENT, Q_PEER, Q_TUTOR, Q_HOME, Q_EXTRA };

static inline double match(double target, double achievement, double floor_, double below, double above, double stretch) {
    double miss = target - achievement - stretch;
    double width = miss > 0.0 ? above : below;
    double square = width * width;
    return floor_ + (1.0 - floor_) * (square / (square + miss * miss));
}

static inline double at_least(double x, double low) { return x > low ? x : low; }

static inline double value(double aimed, double gap, double stake, double prerequisite) {
    return 1.0 - stake * (1.0 - aimed) * (1.0 + prerequisite * gap);
}

/* e has 36 blocks of n doubles; p is floor, width below, width above, stretch, attention one-on-one, saturation, stake,
   prerequisite. */
void learn(size_t n, const double *restrict e, double *restrict achievement, const double *restrict rate,
           const double *restrict attended, const double *restrict gross, const double *restrict loss,
           const double *restrict seasonal, const double *restrict home_share, const double *restrict reference,
           const double *restrict typical, double *restrict effort, double *restrict matched, double *restrict on_task,
           double *restrict aimed, const double *restrict p) {
    const double lo = p[0], below = p[1], above = p[2], stretch = p[3], one_on_one = p[4], saturation = p[5];
    const double stake = p[6], prerequisite = p[7];
    for (size_t i = 0; i < n; i++) {
#define E(f) e[(size_t)(f) * n + i]
        double a = achievement[i];
        double gap = E(GAP);
        double m_whole = match(E(T_WHOLE), a, lo, below, above, stretch);
        double m_group = match(E(T_GROUP), a, lo, below, above, stretch);
        double m_path = match(E(T_PATH), a, lo, below, above, stretch);
        double m_one = match(E(T_ONE), a, lo, below, above, stretch);
        double m_alone = m_whole + E(PATH) * (m_path - m_whole);
        double m_home = m_whole + E(HOME_PATH) * (m_path - m_whole);
        double common = value(E(N_WHOLE), gap, stake, prerequisite);
        double led_whole = E(WHOLE) * E(A_LED);
        double led_group = E(GROUP) * E(A_GROUP);
        double private_ = E(ONE) * one_on_one;
        double alone = E(SUPERVISED) * E(A_SUPERVISED) + E(UNSUPERVISED) * E(A_UNSUPERVISED);
        double peers = E(PEER) * E(A_PEER);
        double tutored = E(TUTOR) * one_on_one;
        double at_home = E(HOME) * E(A_HOME);
        double after = E(EXTRA) * E(A_SUPERVISED);
        double on_task_hours = led_whole + led_group + private_ + alone + peers + tutored + at_home + after;
        double matched_hours = led_whole * m_whole + led_group * m_group + (private_ + tutored) * m_one
                             + alone * m_alone + peers * m_whole + at_home * m_home + after * m_path;
        double aimed_hours = (led_whole + peers) * E(N_WHOLE) + led_group * E(N_GROUP) + (private_ + tutored) * E(N_ONE)
                           + alone * E(N_INDEPENDENT) + at_home * E(N_HOME) + after * E(N_EXTRA);
        double effective_hours = (led_whole * E(Q_WHOLE) + peers * E(Q_PEER)) * m_whole * common
                               + led_group * m_group * E(Q_GROUP) * value(E(N_GROUP), gap, stake, prerequisite)
                               + (private_ * E(Q_ONE) + tutored * E(Q_TUTOR)) * m_one
                                 * value(E(N_ONE), gap, stake, prerequisite)
                               + alone * m_alone * E(Q_INDEPENDENT) * value(E(N_INDEPENDENT), gap, stake, prerequisite)
                               + at_home * m_home * E(Q_HOME) * value(E(N_HOME), gap, stake, prerequisite)
                               + after * m_path * E(Q_EXTRA) * value(E(N_EXTRA), gap, stake, prerequisite);
        double hours = E(WHOLE) + E(GROUP) + E(ONE) + E(SUPERVISED) + E(UNSUPERVISED) + E(PEER) + E(TUTOR) + E(HOME)
                     + E(EXTRA);
        double effective = attended[i] * effective_hours / (typical[i] + saturation * (hours - typical[i]));
        double relative = effective / reference[i];
        double per_hour = 1.0 / at_least(on_task_hours, 0.001);
        achievement[i] = a + rate[i] * (gross[i] * (home_share[i] + (1.0 - home_share[i]) * relative) - loss[i])
                       + seasonal[i];
        effort[i] = rate[i] * relative;
        matched[i] = matched_hours * per_hour;
        on_task[i] = on_task_hours / at_least(hours, 0.001);
        aimed[i] = aimed_hours * per_hour;
#undef E
    }
}
