/*
 * latency - collects the times of pending changes in an array, which a write
 * of rules empties into the histogram.  Bounds are kube-proxy's: a quarter and
 * half a second, every second to one minute, every 5 s to two minutes, every
 * 30 s to five minutes.
 */
#include "kube-proxy-mini/status/latency.h"

#include "lib/net/prometheus.h"

#include <time.h>

#define NS_PER_S 1000000000

static double bound_of(size_t bucket)
{
	if (bucket < 2)
		return 0.25 * (double)(bucket + 1);
	if (bucket < 61)
		return (double)(bucket - 1);
	if (bucket < 73)
		return 60 + 5 * (double)(bucket - 61);
	return 120 + 30 * (double)(bucket - 73);
}

static const struct histogram_kind latency_kind = {.bound = bound_of, .n = 80};

/* -------------------------------------------------------------------- time */

/* Take a number of so many digits off the front. */
static bool take_number(struct str *s, size_t digits, int *out)
{
	uint64_t value;

	if (s->n < digits ||
		str_u64(str_sub(*s, 0, digits), 0, 9999, &value) < 0)
		return false;
	*out = (int)value;
	s->p += digits;
	s->n -= digits;
	return true;
}

static bool take_byte(struct str *s, char wanted)
{
	if (s->n == 0 || *s->p != wanted)
		return false;
	s->p++;
	s->n--;
	return true;
}

/* ".123456" as ns; digits after the ninth are ignored. */
static bool take_fraction(struct str *s, int64_t *ns)
{
	int64_t unit = NS_PER_S / 10;

	*ns = 0;
	if (!take_byte(s, '.'))
		return true;
	if (s->n == 0 || *s->p < '0' || *s->p > '9')
		return false;
	for (; s->n > 0 && *s->p >= '0' && *s->p <= '9'; unit /= 10) {
		*ns += (*s->p - '0') * unit;
		s->p++;
		s->n--;
	}
	return true;
}

/* "Z" or "+01:00", as seconds to subtract. */
static bool take_offset(struct str *s, int *seconds)
{
	int hours, minutes, sign;

	*seconds = 0;
	if (take_byte(s, 'Z') || take_byte(s, 'z'))
		return true;
	sign = take_byte(s, '-') ? -1 : 1;
	if (sign > 0 && !take_byte(s, '+'))
		return false;
	if (!take_number(s, 2, &hours) || !take_byte(s, ':') ||
		!take_number(s, 2, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

int latency_parse_time(struct str text, int64_t *ns)
{
	struct tm t = {0};
	int64_t fraction;
	int offset;

	if (!take_number(&text, 4, &t.tm_year) || !take_byte(&text, '-') ||
		!take_number(&text, 2, &t.tm_mon) || !take_byte(&text, '-') ||
		!take_number(&text, 2, &t.tm_mday) || !take_byte(&text, 'T') ||
		!take_number(&text, 2, &t.tm_hour) || !take_byte(&text, ':') ||
		!take_number(&text, 2, &t.tm_min) || !take_byte(&text, ':') ||
		!take_number(&text, 2, &t.tm_sec))
		return -1;
	if (!take_fraction(&text, &fraction) || !take_offset(&text, &offset) ||
		text.n != 0)
		return -1;
	/* int64_t nanoseconds cannot hold much more */
	if (t.tm_year < 1970 || t.tm_year > 2200)
		return -1;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	*ns = ((int64_t)timegm(&t) - offset) * NS_PER_S + fraction;
	return 0;
}

/* ----------------------------------------------------------------- changes */

void latency_note_change(struct latency *l, struct str text)
{
	int64_t ns;

	if (text.n == 0 || l->n_pending == LATENCY_PENDING_MAX ||
		latency_parse_time(text, &ns) < 0 || ns < l->start_ns)
		return;
	l->pending_ns[l->n_pending++] = ns;
}

void latency_note_sync(struct latency *l, int64_t wall_ns)
{
	for (size_t i = 0; i < l->n_pending; i++)
		histogram_observe(&l->seen, &latency_kind,
			(double)(wall_ns - l->pending_ns[i]) / NS_PER_S);
	l->n_pending = 0;
}

/* One histogram, written for both families. */
void latency_write(const struct latency *l, struct buf *out)
{
	const char *name = "kubeproxy_network_programming_duration_seconds";

	prometheus_head(out, name, "histogram",
		"In Cluster Network Programming Latency in seconds");
	histogram_write(
		&l->seen, &latency_kind, name, "ip_family=\"IPv4\"", out);
	histogram_write(
		&l->seen, &latency_kind, name, "ip_family=\"IPv6\"", out);
}
