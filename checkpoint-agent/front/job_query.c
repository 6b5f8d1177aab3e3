/*
 * job_query - of several parameters of one name the last counts; a pair with
 * broken escapes or a semicolon is dropped, as Go drops it.
 */
#include "checkpoint-agent/front/job_query.h"

#include "lib/base/buf.h"
#include "lib/net/http.h"

/* The last value of that name, decoded; false: there is none. */
static bool find_last(struct str query, const char *wanted, struct buf *value)
{
	struct str name, raw, last = {NULL, 0};
	char decoded[32];

	while (http_query_next(&query, &name, &raw)) {
		struct buf b = buf_fixed(decoded, sizeof(decoded));

		if (str_find(name, ';') < name.n || str_find(raw, ';') < raw.n)
			continue;
		if (http_unescape(name, true, &b) < 0 || b.full ||
			!str_is(buf_view(&b), wanted))
			continue;
		buf_reset(value);
		if (http_unescape(raw, true, value) == 0)
			last = (struct str){raw.p != NULL ? raw.p : "", raw.n};
	}
	buf_reset(value);
	return last.p != NULL && http_unescape(last, true, value) == 0;
}

bool job_query_is_set(struct str query, const char *name)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	return find_last(query, name, &value) && !value.full &&
	       (str_is(buf_view(&value), "true") ||
		       str_is(buf_view(&value), "All"));
}

bool job_query_forbids_dump(struct str query)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	return find_last(query, "dryRun", &value) &&
	       (value.full || !str_is(buf_view(&value), "false"));
}

/* strconv.ParseInt(v, 10, 64), and what the kubelet makes of the result. */
static void read_timeout(struct str query, struct job *j)
{
	char memory[64];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str v;
	int64_t seconds;

	j->timeout = JOB_TIMEOUT_DEFAULT;
	if (!find_last(query, "timeout", &b))
		return;
	v = buf_view(&b);
	if (v.n > 1 && v.p[0] == '+' && v.p[1] != '-')
		v = str_sub(v, 1, v.n);
	j->timeout = JOB_TIMEOUT_UNREADABLE;
	if (b.full || str_i64(v, INT64_MIN, INT64_MAX, &seconds) < 0)
		return;
	if (seconds > 0)
		j->timeout = JOB_TIMEOUT_GIVEN;
	else
		j->timeout = seconds < 0 ? JOB_TIMEOUT_NEGATIVE
					 : JOB_TIMEOUT_DEFAULT;
	j->timeout_s = seconds > 0 ? (uint64_t)seconds : 0;
}

/* Values other than true and false are ignored. */
static void read_predump(struct str query, struct job *j)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	if (!find_last(query, "preDump", &value))
		return;
	if (str_is(buf_view(&value), "true"))
		j->predump = JOB_PREDUMP_YES;
	if (str_is(buf_view(&value), "false"))
		j->predump = JOB_PREDUMP_NO;
}

void job_query_read(struct str query, struct job *j)
{
	read_timeout(query, j);
	read_predump(query, j);
}
