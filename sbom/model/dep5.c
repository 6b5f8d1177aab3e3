/*
 * dep5 - read just the fields Files, Copyright and License of each paragraph.
 *
 * A field goes on in lines that begin with a blank; a paragraph ends with an
 * empty line.  Only the first line of License is the name, the rest its text.
 */
#include "sbom/model/dep5.h"

#include <string.h>

/* Case does not matter in names of fields. */
static bool dep5_is_field(struct str line, struct str name, struct str *value)
{
	if (line.n <= name.n || line.p[name.n] != ':')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((line.p[i] | 0x20) != (name.p[i] | 0x20))
			return false;
	*value = str_trim(str_sub(line, name.n + 1, line.n));
	return true;
}

bool dep5_matches(struct str pattern, struct str path)
{
	size_t p = 0, s = 0, star = pattern.n, from = 0;

	while (s < path.n) {
		bool is_star = p < pattern.n && pattern.p[p] == '*';

		if (is_star) {
			star = p++;
			from = s;
		} else if (p < pattern.n &&
			   (pattern.p[p] == '?' || pattern.p[p] == path.p[s])) {
			p++;
			s++;
		} else if (star < pattern.n) {
			p = star + 1;
			s = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* Patterns stand between blanks; "./" in front means nothing. */
static bool dep5_any_matches(struct str patterns, struct str path)
{
	struct str one;

	while (str_cut(&patterns, ' ', &one)) {
		one = str_trim(one);
		if (str_has_prefix(one, STR("./")))
			one = str_sub(one, 2, one.n);
		if (one.n > 0 && dep5_matches(one, path))
			return true;
	}
	return false;
}

/* What has been read of a paragraph. */
struct dep5_paragraph {
	bool is_files;    /* the current field goes on with patterns */
	bool is_matched;  /* one of them matches */
	struct str *open; /* the field that a further line belongs to */
	struct dep5_fields is;
};

/* A further line of a field; the text of a licence begins with its second. */
static void dep5_more(
	struct dep5_paragraph *p, struct str line, struct str path)
{
	p->is_matched |= p->is_files && dep5_any_matches(str_trim(line), path);
	if (p->open == NULL)
		return;
	if (p->open->p == NULL)
		*p->open = line;
	p->open->n = (size_t)(line.p + line.n - p->open->p);
}

static void dep5_line(
	struct dep5_paragraph *p, struct str line, struct str path)
{
	struct str value = line;

	if (line.p[0] == ' ' || line.p[0] == '\t') {
		dep5_more(p, line, path);
		return;
	}
	p->open = NULL;
	p->is_files = dep5_is_field(line, STR("Files"), &value);
	if (p->is_files) {
		p->is_matched |= dep5_any_matches(value, path);
	} else if (dep5_is_field(line, STR("License"), &value)) {
		p->is.licence = value;
		p->open = &p->is.wording;
	} else if (dep5_is_field(line, STR("Copyright"), &value)) {
		p->is.copyright = value.n > 0 ? value : (struct str){0};
		p->open = &p->is.copyright;
	}
}

/* Read a paragraph and the empty line behind it; false at the end. */
static bool dep5_paragraph(
	struct str *text, struct str path, struct dep5_paragraph *p)
{
	struct str line;

	*p = (struct dep5_paragraph){0};
	if (text->n == 0)
		return false;
	while (str_cut(text, '\n', &line) && str_trim(line).n > 0)
		dep5_line(p, line, path);
	return true;
}

static bool dep5_is_form(struct str text)
{
	struct str line, value;

	return str_cut(&text, '\n', &line) &&
	       dep5_is_field(line, STR("Format"), &value);
}

struct dep5_fields dep5_file(struct str text, struct str path)
{
	struct dep5_fields found = {0};
	struct dep5_paragraph p;

	if (!dep5_is_form(text))
		return found;
	while (dep5_paragraph(&text, path, &p))
		if (p.is_matched && p.is.licence.n > 0)
			found = p.is;
	return found;
}

struct str dep5_licence(struct str text, struct str path)
{
	return dep5_file(text, path).licence;
}

bool dep5_next(struct str *text, struct dep5_fields *out)
{
	struct dep5_paragraph p;

	while (dep5_paragraph(text, (struct str){0}, &p)) {
		*out = p.is;
		if (p.is.licence.n > 0)
			return true;
	}
	return false;
}

/* ---- SPDX ---- */

static const struct {
	const char *debian, *spdx;
} dep5_names[] = {
	{"0BSD", "0BSD"},
	{"AGPL-3", "AGPL-3.0-only"},
	{"AGPL-3+", "AGPL-3.0-or-later"},
	{"Apache-2.0", "Apache-2.0"},
	{"Artistic-2.0", "Artistic-2.0"},
	{"BSD-1-clause-UCB", "BSD-1-Clause"},
	/* clauses 1, 2 and 4 of the four, without that on advertising */
	{"BSD-124-clause-UCB", "BSD-3-Clause"},
	{"BSD-2-clause", "BSD-2-Clause"},
	{"BSD-3-clause", "BSD-3-Clause"},
	{"BSD-3-clause-UCB", "BSD-3-Clause"},
	{"BSD-4-clause-UCB", "BSD-4-Clause-UC"},
	{"BSL-1.0", "BSL-1.0"},
	{"CC0-1.0", "CC0-1.0"},
	{"CDDL-1.0", "CDDL-1.0"},
	{"CDDL-1.1", "CDDL-1.1"},
	{"EPL-1.0", "EPL-1.0"},
	{"EPL-2.0", "EPL-2.0"},
	{"Expat", "MIT"},
	{"FSFAP", "FSFAP"},
	{"FSFUL", "FSFUL"},
	{"FSFULLR", "FSFULLR"},
	{"GPL-1+", "GPL-1.0-or-later"},
	{"GPL-2", "GPL-2.0-only"},
	{"GPL-2+", "GPL-2.0-or-later"},
	{"GPL-3", "GPL-3.0-only"},
	{"GPL-3+", "GPL-3.0-or-later"},
	{"ISC", "ISC"},
	{"LGPL-2", "LGPL-2.0-only"},
	{"LGPL-2+", "LGPL-2.0-or-later"},
	{"LGPL-2.1", "LGPL-2.1-only"},
	{"LGPL-2.1+", "LGPL-2.1-or-later"},
	{"LGPL-3", "LGPL-3.0-only"},
	{"LGPL-3+", "LGPL-3.0-or-later"},
	{"MIT", "MIT"},
	{"MIT-0", "MIT-0"},
	{"MPL-1.1", "MPL-1.1"},
	{"MPL-2.0", "MPL-2.0"},
	{"OpenSSL", "OpenSSL"},
	{"PD", "LicenseRef-public-domain"},
	{"Python-2.0", "Python-2.0"},
	{"Unicode-3.0", "Unicode-3.0"},
	{"Unlicense", "Unlicense"},
	{"X11", "X11"},
	{"Zlib", "Zlib"},
	{"all-permissive", "FSFAP"},
	{"curl", "curl"},
	{"zlib", "Zlib"},
};

/* Letters, digits, '.' and '-' are allowed in a LicenseRef (SPDX 2.3 10.1). */
static void dep5_reference(struct str name, struct buf *out)
{
	buf_text(out, "LicenseRef-");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool is_plain = (c >= 'a' && c <= 'z') ||
				(c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9') || c == '.';

		buf_byte(out, is_plain ? c : '-');
	}
}

static void dep5_name(struct str name, struct buf *out)
{
	for (size_t i = 0; i < sizeof(dep5_names) / sizeof(*dep5_names); i++)
		if (str_is(name, dep5_names[i].debian)) {
			buf_text(out, dep5_names[i].spdx);
			return;
		}
	dep5_reference(name, out);
}

/* Put what stands in out from a place on in parentheses. */
static void dep5_enclose(struct buf *out, size_t from)
{
	buf_byte(out, ')');
	buf_byte(out, ')'); /* room for the other one */
	if (out->full)
		return;
	memmove(out->p + from + 1, out->p + from, out->n - 1 - from);
	out->p[from] = '(';
}

static bool dep5_is_exception(struct str name)
{
	struct str word;

	while (str_cut(&name, ' ', &word))
		if (str_is(word, "with"))
			return true;
	return false;
}

void dep5_to_spdx(struct str name, struct buf *out)
{
	const size_t from = out->n;
	bool has_or = false, has_comma = false;
	struct str word;

	if (dep5_is_exception(name)) {
		/* exceptions have other names in SPDX, or none */
		dep5_reference(name, out);
		return;
	}
	while (str_cut(&name, ' ', &word)) {
		bool ends = word.n > 0 && word.p[word.n - 1] == ',';

		word.n -= ends;
		if (str_is(word, "or")) {
			buf_text(out, " OR ");
			has_or = true;
		} else if (str_is(word, "and")) {
			/* "A or B, and C": a comma undoes the priority */
			if (has_comma && has_or)
				dep5_enclose(out, from);
			has_or &= !has_comma;
			buf_text(out, " AND ");
		} else if (word.n > 0) {
			dep5_name(word, out);
		}
		has_comma = ends || (has_comma && word.n == 0);
	}
}
