/*
 * range - parses "bytes=" and one range, then clips it to the size of the file.
 */
#include "checkpoint-agent/front/range.h"

/* "FIRST-LAST", "FIRST-" or "-LENGTH" (RFC 9110 14.1.1). */
static bool read_spec(struct str spec, struct range *r)
{
	struct str first;

	if (!str_cut(&spec, '-', &first) || spec.p == NULL)
		return false;
	r->is_suffix = first.n == 0;
	r->last = UINT64_MAX;
	if (first.n > 0 && str_u64(first, 0, INT64_MAX, &r->first) < 0)
		return false;
	if (spec.n == 0)
		return !r->is_suffix;
	return str_u64(spec, 0, INT64_MAX, &r->last) == 0 &&
	       (r->is_suffix || r->first <= r->last);
}

struct range range_of(const struct http_head *h)
{
	struct range r = {.is_asked = false};
	struct str spec, unit, tag;

	if (!http_field_get(h, "Range", &spec))
		return r;
	if (!str_cut(&spec, '=', &unit) || !str_is(unit, "bytes"))
		return r;
	r.is_asked = read_spec(spec, &r);
	r.has_tag = http_field_get(h, "If-Range", &tag);
	if (r.has_tag) /* one too long for us matches no file of ours */
		str_copy(tag, r.tag, sizeof(r.tag));
	return r;
}

enum range_fit range_fit(const struct range *r, uint64_t size, struct str tag,
	uint64_t *from, uint64_t *n)
{
	*from = 0;
	*n = size;
	if (!r->is_asked || (r->has_tag && !str_is(tag, r->tag)))
		return RANGE_WHOLE;
	if (r->is_suffix) {
		*n = r->last < size ? r->last : size;
		*from = size - *n;
		return *n > 0 ? RANGE_PART : RANGE_OUTSIDE;
	}
	if (r->first >= size)
		return RANGE_OUTSIDE;
	*from = r->first;
	*n = (r->last < size ? r->last + 1 : size) - r->first;
	return RANGE_PART;
}

void range_put_tag(struct buf *b, uint64_t changed_ns, uint64_t size)
{
	buf_fmt(b, "\"%llx-%llx\"", (unsigned long long)changed_ns,
		(unsigned long long)size);
}
