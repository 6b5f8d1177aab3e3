/*
 * life - tables of dates.
 *
 * The suites are those of distro-info-data 2026 (debian.csv: release, eol,
 * eol-lts); a unit test holds them against the file of the machine.
 */
#include "images/fresh/life.h"

#include <stdio.h>
#include <time.h>

static const struct life_text {
	const char *name, *release, *end, *lts;
} life_texts[] = {
	{"bullseye", "2021-08-14", "2024-08-14", "2026-08-31"},
	{"bookworm", "2023-06-10", "2026-07-11", "2028-06-30"},
	{"trixie", "2025-08-09", "2028-08-09", "2030-06-30"},
};

#define LIFE_SUITES (sizeof(life_texts) / sizeof(*life_texts))

static struct life_suite life_suites[LIFE_SUITES];

bool life_day(struct str text, int64_t *out)
{
	uint64_t y, m, d;
	struct tm tm = {0};

	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' ||
		str_u64(str_sub(text, 0, 4), 1970, 9999, &y) < 0 ||
		str_u64(str_sub(text, 5, 2), 1, 12, &m) < 0 ||
		str_u64(str_sub(text, 8, 2), 1, 31, &d) < 0)
		return false;
	tm.tm_year = (int)y - 1900;
	tm.tm_mon = (int)m - 1;
	tm.tm_mday = (int)d;
	*out = (int64_t)timegm(&tm);
	return true;
}

void life_write_day(int64_t s, char out[LIFE_DATE_BYTES])
{
	const time_t at = (time_t)s;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
		strftime(out, LIFE_DATE_BYTES, "%Y-%m-%d", &tm) == 0)
		snprintf(out, LIFE_DATE_BYTES, "-");
}

/* The tables are filled when somebody first asks. */
static const struct life_suite *life_get(size_t i)
{
	const struct life_text *t = &life_texts[i];
	struct life_suite *s = &life_suites[i];

	s->name = t->name;
	life_day(str_of(t->release), &s->release_s);
	life_day(str_of(t->end), &s->end_s);
	life_day(str_of(t->lts), &s->lts_s);
	return s;
}

const struct life_suite *life_suite(struct str name)
{
	for (size_t i = 0; i < LIFE_SUITES; i++)
		if (str_is(name, life_texts[i].name))
			return life_get(i);
	return NULL;
}

const struct life_suite *life_stable(int64_t now_s)
{
	const struct life_suite *found = NULL;

	for (size_t i = 0; i < LIFE_SUITES; i++)
		if (life_get(i)->release_s <= now_s)
			found = life_get(i);
	return found;
}

static const char *life_read(struct str line, struct life_branch *b)
{
	struct str day;

	if (!str_cut(&line, ' ', &b->package) ||
		!str_cut(&line, ' ', &b->branch) ||
		!str_cut(&line, ' ', &day) || line.n == 0)
		return "4 fields expected: package, branch, date, url";
	b->url = str_trim(line);
	if (!life_day(day, &b->end_s))
		return "the date is not YEAR-MONTH-DAY";
	if (!str_has_prefix(b->url, STR("https://")) ||
		str_find(b->url, ' ') < b->url.n)
		return "the url is not valid";
	return NULL;
}

int life_parse(struct str text, struct arena *a, struct life_branches *out,
	struct err *e)
{
	unsigned number = 0;
	struct str line;
	size_t room = 0;

	*out = (struct life_branches){0};
	while (str_cut(&text, '\n', &line)) {
		struct life_branch b;
		const char *why;

		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		why = life_read(line, &b);
		if (why == NULL && out->n == LIFE_BRANCHES_MAX)
			why = "too many lines";
		if (why != NULL)
			return err_kind(
				e, ERR_INPUT, "line %u: %s", number, why);
		out->list = arena_grow(
			a, out->list, out->n, &room, sizeof(*out->list));
		if (out->list == NULL)
			return err_kind(e, ERR_LIMIT, "out of memory");
		out->list[out->n++] = b;
	}
	return 0;
}

const struct life_branch *life_branch(
	const struct life_branches *b, struct str package, struct str version)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct life_branch *x = &b->list[i];
		struct str after = str_sub(version, x->branch.n, version.n);

		if (str_eq(x->package, package) &&
			str_has_prefix(version, x->branch) &&
			(after.n == 0 || after.p[0] == '.'))
			return x;
	}
	return NULL;
}
