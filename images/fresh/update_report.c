/*
 * update_report - columns as wide as their widest text.
 */
#include "images/fresh/update_report.h"

#include <stdio.h>
#include <string.h>

#define REPORT_DAY_S  86400
#define REPORT_SOON_S ((int64_t)366 * REPORT_DAY_S)
#define REPORT_WORDS  5
#define REPORT_BYTES  512

struct update_count update_count(const struct update *u)
{
	struct update_count c = {.packages = u->n_packages};

	for (size_t i = 0; i < u->n_packages; i++) {
		const struct update_package *p = &u->packages[i];

		if (p->newer == NULL)
			continue;
		c.newer++;
		c.security += p->is_security;
		c.missing += p->missing != NULL;
	}
	return c;
}

/* ---- the table ---- */

struct report_row {
	char word[REPORT_WORDS][REPORT_BYTES];
};

static void report_age(const struct update *u, int64_t s, char *out)
{
	long long days = (long long)((u->now_s - s) / REPORT_DAY_S);

	if (s == 0)
		snprintf(out, REPORT_BYTES, "-");
	else
		snprintf(out, REPORT_BYTES, "%lld days", days);
}

/* The nearest end: upstream's, or the suite's, which LTS may put off. */
static void report_end(
	const struct update *u, const struct update_package *p, char *out)
{
	char day[LIFE_DATE_BYTES] = "-";
	const char *whose = "";
	int64_t end_s = 0;

	if (p->suite != NULL) {
		bool is_lts = p->suite->end_s <= u->now_s;

		end_s = is_lts ? p->suite->lts_s : p->suite->end_s;
		whose = is_lts ? " LTS" : "";
	}
	if (p->branch != NULL && (end_s == 0 || p->branch->end_s < end_s)) {
		end_s = p->branch->end_s;
		whose = " upstream";
	}
	if (end_s != 0)
		life_write_day(end_s, day);
	snprintf(out, REPORT_BYTES, "%s%s", day, whose);
}

static void report_fill(const struct update *u, const struct update_package *p,
	struct report_row *r)
{
	const struct lock_line *l = p->line;

	snprintf(r->word[0], REPORT_BYTES, "%.*s", STR_ARG(l->package));
	snprintf(r->word[1], REPORT_BYTES, "%.*s %.*s", STR_ARG(l->version),
		STR_ARG(l->suite));
	report_age(u, p->date_s, r->word[2]);
	report_end(u, p, r->word[3]);
	if (p->newer == NULL)
		snprintf(r->word[4], REPORT_BYTES, "-");
	else
		snprintf(r->word[4], REPORT_BYTES, "%.*s%s",
			STR_ARG(p->newer->version),
			p->is_security ? " security" : "");
}

static void report_put(
	const struct report_row *r, const size_t *widths, struct buf *out)
{
	for (size_t k = 0; k < REPORT_WORDS; k++) {
		buf_text(out, r->word[k]);
		if (k + 1 < REPORT_WORDS)
			buf_fill(out, ' ', widths[k] + 2 - strlen(r->word[k]));
	}
	buf_byte(out, '\n');
}

static void report_table(const struct update *u, struct buf *out)
{
	const struct report_row head = {
		{"PACKAGE", "PINNED", "AGE", "ENDS", "NEWER"}};
	size_t widths[REPORT_WORDS] = {0};

	for (size_t i = 0; i <= u->n_packages; i++) {
		struct report_row r = head;

		if (i > 0)
			report_fill(u, &u->packages[i - 1], &r);
		for (size_t k = 0; k < REPORT_WORDS; k++)
			if (strlen(r.word[k]) > widths[k])
				widths[k] = strlen(r.word[k]);
	}
	report_put(&head, widths, out);
	for (size_t i = 0; i < u->n_packages; i++) {
		struct report_row r;

		report_fill(u, &u->packages[i], &r);
		report_put(&r, widths, out);
	}
}

/* ---- what is newer ---- */

static void report_list(
	const char *what, const struct news_list *l, struct buf *out)
{
	if (l->n == 0)
		return;
	buf_fmt(out, "  %s:", what);
	for (size_t i = 0; i < l->n; i++)
		buf_fmt(out, " %.*s", STR_ARG(l->list[i]));
	buf_byte(out, '\n');
}

static void report_newer(const struct update_package *p, struct buf *out)
{
	buf_fmt(out, "\n%.*s %.*s -> %.*s (%s)\n", STR_ARG(p->line->package),
		STR_ARG(p->line->version), STR_ARG(p->newer->version),
		p->newer->suite);
	if (p->has_news) {
		report_list("CVEs in its changelog", &p->news.cves, out);
		report_list("patches added", &p->news.added, out);
		report_list("patches dropped", &p->news.dropped, out);
		if (!p->has_series)
			buf_text(out, "  patches are not compared: no mirror "
				      "has the pinned .debian.tar\n");
	} else if (p->missing == NULL) {
		buf_text(out, "  its changelog is not looked at: ");
		buf_text(out, update_is_binary(p->line)
				      ? "a binary package\n"
				      : "the lock pins no Debian patches\n");
	}
	if (p->missing != NULL)
		buf_fmt(out, "  listed but not fetched: %.*s\n",
			STR_ARG(str_base_name(str_of(p->missing))));
}

/* What no index has any more, as far as indices were read. */
static void report_gone(const struct update *u, struct buf *out)
{
	if (update_refused(u) != NULL)
		return;
	for (size_t i = 0; i < u->n_packages; i++) {
		const struct lock_line *l = u->packages[i].line;

		if (!u->packages[i].is_listed)
			buf_fmt(out, "\n%.*s: %.*s does not list it any more\n",
				STR_ARG(l->package), STR_ARG(l->suite));
	}
}

static void report_ends(const struct update *u, struct buf *out)
{
	for (size_t i = 0; i < u->n_packages; i++) {
		const struct update_package *p = &u->packages[i];
		char day[LIFE_DATE_BYTES];

		if (p->branch == NULL ||
			p->branch->end_s - u->now_s > REPORT_SOON_S)
			continue;
		life_write_day(p->branch->end_s, day);
		buf_fmt(out,
			"\n%.*s %.*s: upstream's support ends on %s (%.*s)\n",
			STR_ARG(p->line->package), STR_ARG(p->branch->branch),
			day, STR_ARG(p->branch->url));
	}
}

static void report_suites(const struct update *u, struct buf *out)
{
	bool is_first = true;

	buf_text(out, "\nread:");
	for (size_t i = 0; i < u->n_suites; i++) {
		char day[LIFE_DATE_BYTES];

		if (!u->suites[i].is_there)
			continue;
		life_write_day(u->suites[i].date_s, day);
		buf_fmt(out, "%s %s of %s", is_first ? "" : ",",
			u->suites[i].name, day);
		is_first = false;
	}
	buf_text(out, is_first ? " nothing\n" : "\n");
}

void update_report(const struct update *u, struct buf *out)
{
	struct update_count c = update_count(u);

	report_table(u, out);
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < u->n_packages; i++) {
			const struct update_package *p = &u->packages[i];

			if (p->newer != NULL && p->is_security == (turn == 0))
				report_newer(p, out);
		}
	report_gone(u, out);
	report_ends(u, out);
	report_suites(u, out);
	buf_fmt(out, "%zu packages, %zu newer, %zu of them security",
		c.packages, c.newer, c.security);
	if (c.missing > 0)
		buf_fmt(out, "; %zu listed but not fetched", c.missing);
	buf_byte(out, '\n');
}
