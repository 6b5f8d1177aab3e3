/*
 * archive_name - parses from both ends: the head, then suffix, number and time
 * from the back; what is left in between is POD_NAMESPACE-CONTAINER.
 */
#include "checkpoint-agent/store/archive_name.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HEAD     "checkpoint-"
#define TAIL     ".tar"
#define TAIL_AGE ".tar.age"
#define TIME_LEN 20 /* 2026-11-23T02:38:33Z */

void archive_name_put_time(struct buf *b, int64_t time_s)
{
	time_t t = (time_t)time_s;
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_fmt(b, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void archive_name_put(struct buf *b, const struct archive_name *n)
{
	buf_fmt(b, HEAD "%.*s_%.*s-%.*s-", STR_ARG(n->pod),
		STR_ARG(n->namespace), STR_ARG(n->container));
	archive_name_put_time(b, n->time_s);
	if (n->again)
		buf_fmt(b, ".%u", n->again);
	buf_text(b, n->is_encrypted ? TAIL_AGE : TAIL);
}

int archive_name_check(const struct archive_name *n, struct err *e)
{
	const struct archive_name longest = {.namespace = n->namespace,
		.pod = n->pod,
		.container = n->container,
		.again = ARCHIVE_NAME_SAME_SECOND_MAX - 1,
		.is_encrypted = n->is_encrypted};
	char text[NAME_MAX + 1];
	struct buf b = buf_fixed(text, sizeof(text));

	archive_name_put(&b, &longest);
	buf_text(&b, ".sha256");
	buf_cstr(&b);
	if (!b.full)
		return 0;
	return err_kind(e, ERR_INPUT,
		"the names of namespace, pod and container are too long "
		"together for the name of a file: dump it by checkpoint-agent "
		"dump -o FILE");
}

static bool take_head(struct str *s, struct str head)
{
	if (!str_has_prefix(*s, head))
		return false;
	*s = str_sub(*s, head.n, s->n);
	return true;
}

static bool take_tail(struct str *s, struct str tail)
{
	if (!str_has_suffix(*s, tail))
		return false;
	s->n -= tail.n;
	return true;
}

static int parse_time(struct str s, int64_t *time_s)
{
	static const struct {
		size_t at, n;
		uint64_t min, max;
	} part[] = {{0, 4, 1970, 9999}, {5, 2, 1, 12}, {8, 2, 1, 31},
		{11, 2, 0, 23}, {14, 2, 0, 59}, {17, 2, 0, 60}};
	static const char shape[] = "0000-00-00T00:00:00Z";
	uint64_t v[6];
	struct tm tm = {0};

	if (s.n != TIME_LEN)
		return -1;
	for (size_t i = 0; i < TIME_LEN; i++)
		if (shape[i] != '0' && s.p[i] != shape[i])
			return -1;
	for (size_t i = 0; i < 6; i++)
		if (str_u64(str_sub(s, part[i].at, part[i].n), part[i].min,
			    part[i].max, &v[i]) < 0)
			return -1;
	tm = (struct tm){.tm_year = (int)v[0] - 1900,
		.tm_mon = (int)v[1] - 1,
		.tm_mday = (int)v[2],
		.tm_hour = (int)v[3],
		.tm_min = (int)v[4],
		.tm_sec = (int)v[5]};
	*time_s = timegm(&tm);
	return 0;
}

/* Parse all but "POD_NAMESPACE-CONTAINER", which is left in *file. */
static int cut_time(struct str *file, int64_t *time_s, uint32_t *again)
{
	struct str rest;
	size_t dot;
	uint64_t n = 0;

	if (!take_head(file, STR(HEAD)))
		return -1;
	if (!take_tail(file, STR(TAIL_AGE)) && !take_tail(file, STR(TAIL)))
		return -1;
	for (dot = file->n; dot > 0 && file->p[dot - 1] != '.'; dot--)
		if (file->p[dot - 1] == 'Z')
			break;
	if (dot > 0 && file->p[dot - 1] == '.') {
		if (str_u64(str_sub(*file, dot, file->n), 1, UINT32_MAX, &n) <
			0)
			return -1;
		file->n = dot - 1;
	}
	if (file->n < TIME_LEN + 1 || file->p[file->n - TIME_LEN - 1] != '-')
		return -1;
	rest = str_sub(*file, file->n - TIME_LEN, TIME_LEN);
	file->n -= TIME_LEN + 1;
	*again = (uint32_t)n;
	return parse_time(rest, time_s);
}

int archive_name_parse_time(struct str file, int64_t *time_s, uint32_t *again)
{
	return cut_time(&file, time_s, again);
}

struct str archive_name_stem(struct str file)
{
	struct str stem = file;
	int64_t time_s;
	uint32_t again;

	if (cut_time(&stem, &time_s, &again) < 0)
		return (struct str){0};
	return stem;
}

bool archive_name_is_of(struct str file, struct str namespace, struct str pod,
	struct str container)
{
	struct str head;
	int64_t time_s;
	uint32_t again;

	if (cut_time(&file, &time_s, &again) < 0)
		return false;
	if (!str_cut(&file, '_', &head) || (pod.n && !str_eq(head, pod)))
		return false;
	if (namespace.n &&
		!(take_head(&file, namespace) && take_head(&file, STR("-"))))
		return false;
	return container.n == 0 || str_eq(file, container) ||
	       (namespace.n == 0 && str_has_suffix(file, container));
}
