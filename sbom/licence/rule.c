/*
 * rule - one table of licences, one of exceptions.
 */
#include "sbom/licence/rule.h"

#include <stddef.h>

enum {
	RULE_GPL2_ON = UNDER_GPL2 | UNDER_GPL3 | UNDER_AGPL3,
	RULE_GPL3_ON = UNDER_GPL3 | UNDER_AGPL3,
	RULE_COPYLEFT = DUTY_NOTICE | DUTY_SOURCE,
	RULE_LIBRARY = DUTY_NOTICE | DUTY_SOURCE | DUTY_RELINK,
};

/* By id; docs/licences.md has the reasons in the same order. */
static const struct rule_row {
	const char *id;
	unsigned under, duties;
	const char *text;
} rule_rows[] = {
	{"0BSD", UNDER_ALL, 0, NULL},
	{"AGPL-3.0-only", UNDER_AGPL3, RULE_COPYLEFT, NULL},
	{"AGPL-3.0-or-later", UNDER_AGPL3, RULE_COPYLEFT, NULL},
	{"Apache-2.0", UNDER_OWN | RULE_GPL3_ON, DUTY_NOTICE, "Apache-2.0"},
	{"Artistic-2.0", UNDER_ALL, RULE_COPYLEFT, NULL},
	{"BSD-1-Clause", UNDER_ALL, DUTY_NOTICE, NULL},
	{"BSD-2-Clause", UNDER_ALL, DUTY_NOTICE, NULL},
	{"BSD-2-Clause-Patent", UNDER_ALL, DUTY_NOTICE, NULL},
	{"BSD-3-Clause", UNDER_ALL, DUTY_NOTICE, NULL},
	{"BSD-4-Clause", UNDER_OWN, DUTY_NOTICE, NULL},
	{"BSD-4-Clause-UC", UNDER_ALL, DUTY_NOTICE, NULL},
	{"BSL-1.0", UNDER_ALL, 0, NULL},
	{"CC0-1.0", UNDER_ALL, 0, NULL},
	{"CDDL-1.0", UNDER_OWN, RULE_COPYLEFT, NULL},
	{"CDDL-1.1", UNDER_OWN, RULE_COPYLEFT, NULL},
	{"EPL-1.0", UNDER_OWN, RULE_COPYLEFT, NULL},
	{"EPL-2.0", UNDER_OWN, RULE_COPYLEFT, NULL},
	{"FSFAP", UNDER_ALL, DUTY_NOTICE, NULL},
	{"FSFUL", UNDER_ALL, DUTY_NOTICE, NULL},
	{"FSFULLR", UNDER_ALL, DUTY_NOTICE, NULL},
	{"GPL-1.0-or-later", RULE_GPL2_ON, RULE_COPYLEFT, "GPL-2"},
	{"GPL-2.0-only", UNDER_GPL2, RULE_COPYLEFT, "GPL-2"},
	{"GPL-2.0-or-later", RULE_GPL2_ON, RULE_COPYLEFT, "GPL-2"},
	{"GPL-3.0-only", RULE_GPL3_ON, RULE_COPYLEFT, "GPL-3"},
	{"GPL-3.0-or-later", RULE_GPL3_ON, RULE_COPYLEFT, "GPL-3"},
	{"ISC", UNDER_ALL, DUTY_NOTICE, NULL},
	{"LGPL-2.0-only", UNDER_ALL, RULE_LIBRARY, "LGPL-2"},
	{"LGPL-2.0-or-later", UNDER_ALL, RULE_LIBRARY, "LGPL-2"},
	{"LGPL-2.1-only", UNDER_ALL, RULE_LIBRARY, "LGPL-2.1"},
	{"LGPL-2.1-or-later", UNDER_ALL, RULE_LIBRARY, "LGPL-2.1"},
	{"LGPL-3.0-only", UNDER_OWN | RULE_GPL3_ON, RULE_LIBRARY, "LGPL-3"},
	{"LGPL-3.0-or-later", UNDER_OWN | RULE_GPL3_ON, RULE_LIBRARY, "LGPL-3"},
	{"LicenseRef-public-domain", UNDER_ALL, 0, NULL},
	{"MIT", UNDER_ALL, DUTY_NOTICE, NULL},
	{"MIT-0", UNDER_ALL, 0, NULL},
	{"MPL-1.1", UNDER_OWN, RULE_COPYLEFT, NULL},
	{"MPL-2.0", UNDER_ALL, RULE_COPYLEFT, "MPL-2.0"},
	{"OpenSSL", UNDER_OWN, DUTY_NOTICE, NULL},
	{"Python-2.0", UNDER_ALL, DUTY_NOTICE, NULL},
	{"Unicode-3.0", UNDER_ALL, DUTY_NOTICE, NULL},
	{"Unlicense", UNDER_ALL, 0, NULL},
	{"X11", UNDER_ALL, DUTY_NOTICE, NULL},
	{"Zlib", UNDER_ALL, 0, NULL},
	{"blessing", UNDER_ALL, 0, NULL},
	{"curl", UNDER_ALL, DUTY_NOTICE, NULL},
};

/* What the licence before WITH no longer demands of the program. */
static const struct rule_exception {
	const char *id;
	unsigned duties; /* that stay */
} rule_exceptions[] = {
	{"Autoconf-exception-2.0", 0},
	{"Autoconf-exception-3.0", 0},
	{"Bison-exception-2.2", 0},
	{"Classpath-exception-2.0", RULE_COPYLEFT},
	{"GCC-exception-2.0", 0},
	{"GCC-exception-3.1", 0},
	{"LLVM-exception", 0},
	{"Libtool-exception", 0},
	{"Linux-syscall-note", 0},
};

/* Names that SPDX has withdrawn: "GPL-2.0", "GPL-2.0+". */
static bool rule_is_old_name(struct str id, const char *name)
{
	struct str of = str_of(name);
	bool has_plus = str_has_suffix(id, STR("+"));
	struct str end = has_plus ? STR("-or-later") : STR("-only");

	if (!str_has_suffix(of, end))
		return false;
	return str_eq(str_sub(of, 0, of.n - end.n),
		str_sub(id, 0, id.n - (has_plus ? 1 : 0)));
}

/* LGPL-3.0 4(b): "a copy of the GNU GPL and this license document". */
static const char *rule_text_too(const char *text)
{
	return text != NULL && str_is(str_of(text), "LGPL-3") ? "GPL-3" : NULL;
}

static struct rule rule_of_id(struct str id)
{
	size_t n = sizeof(rule_rows) / sizeof(*rule_rows);

	for (size_t i = 0; i < n; i++) {
		const struct rule_row *row = &rule_rows[i];

		if (str_is(id, row->id) || rule_is_old_name(id, row->id))
			return (struct rule){true, row->under, row->duties,
				row->text, rule_text_too(row->text)};
	}
	return (struct rule){.under = UNDER_ALL, .duties = DUTY_NOTICE};
}

struct rule rule_of(struct str id, struct str exception)
{
	size_t n = sizeof(rule_exceptions) / sizeof(*rule_exceptions);
	struct rule rule = rule_of_id(id);

	for (size_t i = 0; i < n; i++)
		if (str_is(exception, rule_exceptions[i].id)) {
			rule.under = UNDER_ALL;
			rule.duties &= rule_exceptions[i].duties;
		}
	return rule;
}

const char *rule_whole_name(unsigned under)
{
	if (under & UNDER_OWN)
		return NULL;
	if (under & UNDER_GPL2)
		return "GPL-2.0-only";
	return under & UNDER_GPL3 ? "GPL-3.0-only" : "AGPL-3.0-only";
}
