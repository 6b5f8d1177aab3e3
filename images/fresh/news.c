/*
 * news - go through the changelog's items until the old version's begin; hold
 * each series against the other.
 */
#include "images/fresh/news.h"

#include "lib/base/buf.h"
#include "sbom/audit/debversion.h"
#include "sbom/fix/changelog.h"
#include "sbom/fix/fix.h"

#include <string.h>
#include <time.h>

static bool news_has(const struct news_list *l, struct str s)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->list[i], s))
			return true;
	return false;
}

static int news_add(
	struct news *n, struct news_list *l, struct str s, struct err *e)
{
	if (news_has(l, s))
		return 0;
	if (l->n == NEWS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d news", NEWS_MAX);
	l->list =
		arena_grow(n->arena, l->list, l->n, &l->room, sizeof(*l->list));
	if (l->list == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	l->list[l->n++] = s;
	return 0;
}

/* ---- changelog ---- */

/* The id at the front of a text: its length, or 0. */
static size_t news_cve_at(struct str s)
{
	size_t n = 9;

	if (s.n < 13 || s.p[3] != '-')
		return 0;
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return fix_is_cve(str_sub(s, 0, n)) ? n : 0;
}

static int news_add_cve(struct news *n, struct str id, struct err *e)
{
	char *copy = arena_copy(n->arena, id);

	if (copy == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	memcpy(copy, "CVE", 3);
	return news_add(n, &n->cves, (struct str){copy, id.n}, e);
}

static int news_text(struct news *n, struct str text, struct err *e)
{
	for (size_t i = 0; i < text.n; i++) {
		struct str at = str_sub(text, i, text.n);
		size_t length = news_cve_at(at);

		if (length > 0 &&
			news_add_cve(n, str_sub(at, 0, length), e) < 0)
			return -1;
	}
	return 0;
}

static void news_sort(struct news_list *l)
{
	for (size_t i = 1; i < l->n; i++)
		for (size_t k = i;
			k > 0 && fix_cve_order(l->list[k - 1], l->list[k]) > 0;
			k--) {
			struct str swap = l->list[k];

			l->list[k] = l->list[k - 1];
			l->list[k - 1] = swap;
		}
}

int news_changelog(
	struct news *n, struct str changelog, struct str old, struct err *e)
{
	struct changelog c = {.rest = changelog};
	struct changelog_item item;

	while (changelog_next(&c, &item)) {
		if (debversion_cmp(item.version, old) <= 0)
			break;
		if (news_text(n, item.text, e) < 0)
			return -1;
	}
	news_sort(&n->cves);
	return 0;
}

/* ---- series ---- */

/* The next name of a series; false after the last. */
static bool news_patch(struct str *series, struct str *name)
{
	struct str line;

	while (str_cut(series, '\n', &line)) {
		str_cut(&line, '#', name);
		*name = str_trim(*name);
		*name = str_sub(*name, 0, str_find(*name, ' '));
		*name = str_sub(*name, 0, str_find(*name, '\t'));
		if (name->n > 0)
			return true;
	}
	return false;
}

static bool news_series_has(struct str series, struct str name)
{
	struct str other;

	while (news_patch(&series, &other))
		if (str_eq(other, name))
			return true;
	return false;
}

/* What one series has and the other has not. */
static int news_missing(struct news *n, struct news_list *to,
	const struct str series[2], struct err *e)
{
	struct str rest = series[0], name;

	while (news_patch(&rest, &name))
		if (!news_series_has(series[1], name) &&
			news_add(n, to, name, e) < 0)
			return -1;
	return 0;
}

int news_series(struct news *n, struct str old, struct str new, struct err *e)
{
	const struct str came[2] = {new, old}, went[2] = {old, new};

	if (news_missing(n, &n->added, came, e) < 0)
		return -1;
	return news_missing(n, &n->dropped, went, e);
}

/* ---- dates ---- */

static int news_month(struct str s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; s.n == 3 && i < 12; i++)
		if (memcmp(months + (3 * i), s.p, 3) == 0)
			return i;
	return -1;
}

/* "+0130": seconds. */
static int64_t news_zone(struct str s)
{
	uint64_t value;
	int64_t seconds;

	if (s.n != 5 || str_u64(str_sub(s, 1, 4), 0, 2359, &value) < 0)
		return 0;
	seconds = (int64_t)(value / 100 * 3600 + value % 100 * 60);
	return s.p[0] == '-' ? -seconds : seconds;
}

static bool news_clock(struct str s, struct tm *tm)
{
	uint64_t h, m, sec;
	struct str part;

	if (!str_cut(&s, ':', &part) || str_u64(part, 0, 23, &h) < 0 ||
		!str_cut(&s, ':', &part) || str_u64(part, 0, 59, &m) < 0 ||
		str_u64(s, 0, 60, &sec) < 0)
		return false;
	tm->tm_hour = (int)h;
	tm->tm_min = (int)m;
	tm->tm_sec = (int)sec;
	return true;
}

int64_t news_date_of(struct str text)
{
	struct str part[5];
	struct tm tm = {0};
	uint64_t day, year;

	text = str_trim(text);
	text = str_sub(text, str_find(text, ',') + 1, text.n);
	for (size_t i = 0; i < 5; i++) {
		text = str_trim(text);
		if (!str_cut(&text, ' ', &part[i]))
			return 0;
	}
	tm.tm_mon = news_month(part[1]);
	if (str_u64(part[0], 1, 31, &day) < 0 || tm.tm_mon < 0 ||
		str_u64(part[2], 1970, 9999, &year) < 0 ||
		!news_clock(part[3], &tm))
		return 0;
	tm.tm_mday = (int)day;
	tm.tm_year = (int)year - 1900;
	return (int64_t)timegm(&tm) - news_zone(part[4]);
}

int64_t news_date(struct str changelog, struct str version)
{
	struct str line;
	bool is_entry = false;

	while (str_cut(&changelog, '\n', &line)) {
		size_t open = str_find(line, '('), close = str_find(line, ')');

		if (line.n > 0 && line.p[0] != ' ' && open < close)
			is_entry = str_eq(
				str_sub(line, open + 1, close - open - 1),
				version);
		if (!is_entry || !str_has_prefix(line, STR(" -- ")))
			continue;
		line = str_sub(line, str_find(line, '>') + 1, line.n);
		return news_date_of(line);
	}
	return 0;
}
