/*
 * duration - adds up parts of a number and a unit.  Of a fraction, 19 digits
 * are read and the rest is skipped: it is far below a nanosecond.
 */
#include "lib/base/duration.h"

#define NS_MAX      ((uint64_t)INT64_MAX)
#define NS_PER_S    UINT64_C(1000000000)
#define NS_PER_MIN  (60 * NS_PER_S)
#define NS_PER_HOUR (60 * NS_PER_MIN)

static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	/* a unit stands after those that it is a prefix of */
	{"ns", 1},
	{"us", 1000},
	{"\xc2\xb5s", 1000}, /* micro sign */
	{"\xce\xbcs", 1000}, /* Greek mu */
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", 60000000000},
	{"h", 3600000000000},
};

static bool is_digit(struct str s)
{
	return s.n > 0 && *s.p >= '0' && *s.p <= '9';
}

static void advance(struct str *s, size_t n)
{
	*s = str_sub(*s, n, s->n);
}

/* whole + fraction / scale */
struct number {
	uint64_t whole, fraction, scale;
};

static int take_number(struct str *s, struct number *out)
{
	bool has_digit = is_digit(*s);

	*out = (struct number){.scale = 1};
	for (; is_digit(*s); advance(s, 1)) {
		if (out->whole > NS_MAX / 10)
			return -1;
		out->whole = out->whole * 10 + (uint64_t)(*s->p - '0');
	}
	if (s->n == 0 || *s->p != '.')
		return has_digit ? 0 : -1;
	for (advance(s, 1); is_digit(*s); advance(s, 1)) {
		has_digit = true;
		if (out->scale >= 10000000000000000000u)
			continue;
		out->scale *= 10;
		out->fraction = out->fraction * 10 + (uint64_t)(*s->p - '0');
	}
	return has_digit ? 0 : -1;
}

static uint64_t take_unit(struct str *s)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct str name = str_of(units[i].name);

		if (!str_has_prefix(*s, name))
			continue;
		advance(s, name.n);
		return units[i].ns;
	}
	return 0;
}

static int take_part(struct str *s, uint64_t *ns)
{
	struct number n;
	uint64_t unit;

	if (take_number(s, &n) < 0)
		return -1;
	unit = take_unit(s);
	if (unit == 0 || n.whole > NS_MAX / unit)
		return -1;
	*ns = n.whole * unit +
	      (uint64_t)((double)n.fraction * ((double)unit / (double)n.scale));
	return 0;
}

int duration_parse(struct str s, uint64_t *ns)
{
	uint64_t sum = 0, part;

	if (s.n > 0 && *s.p == '+')
		advance(&s, 1);
	if (str_is(s, "0")) {
		*ns = 0;
		return 0;
	}
	do {
		if (take_part(&s, &part) < 0 || part > NS_MAX - sum)
			return -1;
		sum += part;
	} while (s.n > 0);
	*ns = sum;
	return 0;
}

/* A number of these units, with the digits after the point that it takes. */
static void write_part(
	uint64_t ns, uint64_t unit, const char *name, struct buf *out)
{
	uint64_t rest = ns % unit;

	buf_fmt(out, "%llu", (unsigned long long)(ns / unit));
	if (rest > 0)
		buf_byte(out, '.');
	for (; rest > 0; rest %= unit) {
		unit /= 10;
		buf_byte(out, (char)('0' + rest / unit));
	}
	buf_text(out, name);
}

void duration_write(uint64_t ns, struct buf *out)
{
	if (ns == 0) {
		buf_text(out, "0s");
	} else if (ns < 1000) {
		write_part(ns, 1, "ns", out);
	} else if (ns < 1000000) {
		write_part(ns, 1000, "\xc2\xb5s", out);
	} else if (ns < NS_PER_S) {
		write_part(ns, 1000000, "ms", out);
	} else {
		if (ns >= NS_PER_HOUR)
			write_part(
				ns - ns % NS_PER_HOUR, NS_PER_HOUR, "h", out);
		if (ns >= NS_PER_MIN)
			write_part(ns % NS_PER_HOUR - ns % NS_PER_MIN,
				NS_PER_MIN, "m", out);
		write_part(ns % NS_PER_MIN, NS_PER_S, "s", out);
	}
}
