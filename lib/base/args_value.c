/*
 * args_value - parses a value by the option's type and checks its range.
 *
 * A size is digits and a unit; a time is a duration in Go's grammar.  Both are
 * refused when they would exceed 64 bits.
 */
#include "lib/base/args_value.h"

#include "lib/base/duration.h"

#include <string.h>

static uint64_t unit_of(struct str s)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} unit[] = {
		{"", 1},
		{"K", 1000},
		{"k", 1000},
		{"M", 1000000},
		{"G", 1000000000},
		{"T", 1000000000000},
		{"Ki", UINT64_C(1) << 10},
		{"Mi", UINT64_C(1) << 20},
		{"Gi", UINT64_C(1) << 30},
		{"Ti", UINT64_C(1) << 40},
	};

	for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
		if (str_is(s, unit[i].name))
			return unit[i].bytes;
	return 0;
}

static size_t digits_of(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

int args_size(struct str s, uint64_t *bytes)
{
	size_t n = digits_of(s);
	uint64_t unit = unit_of(str_sub(s, n, s.n));
	uint64_t v;

	if (!unit || str_u64(str_sub(s, 0, n), 0, UINT64_MAX / unit, &v) < 0)
		return -1;
	*bytes = v * unit;
	return 0;
}

/* Rounded up, so that less than a millisecond does not become 0. */
int args_time(struct str s, uint64_t *ms)
{
	uint64_t ns;

	if (duration_parse(s, &ns) < 0)
		return -1;
	*ms = ns / 1000000 + (ns % 1000000 > 0);
	return 0;
}

static int wrong_value(const struct args_option *o, const char *value,
	const char *wanted, struct err *e)
{
	return err_kind(
		e, ERR_USAGE, "--%s: \"%s\" is not %s", o->name, value, wanted);
}

static int in_range(const struct args_option *o, const char *value, uint64_t v,
	struct err *e)
{
	if (v >= o->min && (!o->max || v <= o->max)) {
		*(uint64_t *)o->value = v;
		return 0;
	}
	if (o->max)
		return err_kind(e, ERR_USAGE,
			"--%s: %s is outside %llu to %llu", o->name, value,
			(unsigned long long)o->min, (unsigned long long)o->max);
	return err_kind(e, ERR_USAGE, "--%s: %s is below %llu", o->name, value,
		(unsigned long long)o->min);
}

static int list_add(
	const struct args_option *o, const char *value, struct err *e)
{
	struct args_list *l = o->value;

	if (l->n == ARGS_LIST_MAX)
		return err_kind(e, ERR_USAGE, "--%s: given more than %d times",
			o->name, ARGS_LIST_MAX);
	l->item[l->n++] = value;
	return 0;
}

static bool is_among(const char *value, const char *const *words)
{
	while (*words && strcmp(value, *words) != 0)
		words++;
	return *words;
}

static int switch_set(
	const struct args_option *o, const char *value, struct err *e)
{
	/* as Go's strconv.ParseBool, for deployments made for Go programs */
	static const char *const yes[] = {
		"true", "1", "t", "T", "TRUE", "True", NULL};
	static const char *const no[] = {
		"false", "0", "f", "F", "FALSE", "False", NULL};
	bool is_true = !value || is_among(value, yes);

	if (!is_true && !is_among(value, no))
		return wrong_value(o, value, "true or false", e);
	*(bool *)o->value = is_true;
	return 0;
}

int args_set(const struct args_option *o, const char *value, struct err *e)
{
	struct str s = str_of(value);
	uint64_t v;

	if (o->was_given)
		*o->was_given = true;
	switch (o->type) {
	case ARGS_SWITCH:
		return switch_set(o, value, e);
	case ARGS_TEXT:
		*(const char **)o->value = value;
		return 0;
	case ARGS_LIST:
		return list_add(o, value, e);
	case ARGS_NUMBER:
		if (str_u64(s, 0, UINT64_MAX, &v) < 0)
			return wrong_value(o, value, "a number", e);
		return in_range(o, value, v, e);
	case ARGS_SIZE:
		if (args_size(s, &v) < 0)
			return wrong_value(
				o, value, "a size (like 512Mi or 2G)", e);
		return in_range(o, value, v, e);
	case ARGS_TIME:
		if (args_time(s, &v) < 0)
			return wrong_value(
				o, value, "a time (like 90s or 1h30m)", e);
		return in_range(o, value, v, e);
	}
	return 0;
}
