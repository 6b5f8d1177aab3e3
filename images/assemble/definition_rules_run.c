/*
 * definition_rules_run - the rules for how an image runs and for what its files
 * carry, as those in definition_rules.c.
 */
#include "images/assemble/definition_letters.h"
#include "images/assemble/definition_rules.h"
#include "lib/arc/arch.h"
#include "lib/base/duration.h"
#include "rootfs/capability.h"

static bool is_env_name(struct str s)
{
	return letters_only(s, LOWER UPPER "_", WORD "_", 4096);
}

/* POSIX XBD 8.1 allows more; this is what every shell and runtime takes. */
const struct form_rule rule_env = {
	.pattern = "^[A-Za-z_][A-Za-z0-9_]*$",
	.is_valid = is_env_name,
	.must = "must be letters, digits and '_', and not begin with a digit",
};

static bool is_key(struct str s)
{
	return letters_only(s, WORD, WORD "._/-", 255);
}

/* image-spec annotations.md, "Rules" */
const struct form_rule rule_key = {
	.pattern = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$",
	.is_valid = is_key,
	.must = "must be letters, digits, '.', '_', '/' and '-'",
};

static bool is_port(struct str s)
{
	struct str number;
	uint64_t port;

	str_cut(&s, '/', &number);
	return str_u64(number, 1, 65535, &port) == 0 &&
	       (!s.p || str_is(s, "tcp") || str_is(s, "udp") ||
		       str_is(s, "sctp"));
}

const struct form_rule rule_port = {
	.pattern = "^[0-9]{1,5}(/(tcp|udp|sctp))?$",
	.is_valid = is_port,
	.must = "must be a port, as \"8080/tcp\"",
};

static bool is_signal(struct str s)
{
	return (str_has_prefix(s, STR("SIG")) &&
		       letters_only(str_sub(s, 3, s.n), UPPER,
			       UPPER DIGITS "+-", 12)) ||
	       letters_only(s, DIGITS, DIGITS, 2);
}

/* image-spec config.md, StopSignal */
const struct form_rule rule_signal = {
	.pattern = "^(SIG[A-Z][A-Z0-9+-]{0,11}|[0-9]{1,2})$",
	.is_valid = is_signal,
	.must = "must be SIGNAME or a number",
};

static bool is_duration(struct str s)
{
	uint64_t ns;

	return duration_parse(s, &ns) == 0;
}

const struct form_rule rule_duration = {
	.pattern = "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$",
	.is_valid = is_duration,
	.must = "must be a duration, as \"30s\"",
};

static bool is_licence(struct str s)
{
	return letters_only(s, WORD "(", WORD ".-+() ", 1024);
}

const struct form_rule rule_licence = {
	.pattern = "^[A-Za-z0-9(][A-Za-z0-9.+() -]*$",
	.is_valid = is_licence,
	.must = "must be an SPDX expression",
};

static bool is_arch(struct str s)
{
	return arch_find(s) != NULL;
}

const struct form_rule rule_arch = {
	.pattern = "^(amd64|arm64|riscv64)$",
	.is_valid = is_arch,
	.must = "must be one of " ARCH_NAMES,
};

static bool is_none(struct str s)
{
	return str_is(s, "none");
}

const struct form_rule rule_none = {
	.pattern = "^none$",
	.is_valid = is_none,
	.must = "must be none, or be left out",
};

static bool is_one(struct str s)
{
	return str_is(s, "one");
}

const struct form_rule rule_one = {
	.pattern = "^one$",
	.is_valid = is_one,
	.must = "must be one: there is no other layering yet",
};

static bool is_content(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

const struct form_rule rule_content = {
	.pattern = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$",
	.is_valid = is_content,
	.must = "has a control character in it",
	.has_lines = true,
};

static bool is_capability(struct str s)
{
	return capability_number(s) >= 0;
}

const struct form_rule rule_capability = {
	.pattern = "^[a-z_]+$",
	.is_valid = is_capability,
	.must = "must be a capability of capabilities(7) in lower case, as "
		"net_bind_service",
};

static bool is_xattr(struct str s)
{
	return str_has_prefix(s, STR("user.")) &&
	       letters_only(str_sub(s, 5, s.n), WORD, WORD "._-", 200);
}

const struct form_rule rule_xattr = {
	.pattern = "^user\\.[A-Za-z0-9][A-Za-z0-9._-]{0,199}$",
	.is_valid = is_xattr,
	.must = "must be user.NAME; for security.capability say capabilities",
};

static bool is_value(struct str s)
{
	return s.n == 0 ||
	       letters_only(s, WORD "/._+~@=%-", WORD "/._+~@=%:-", 1024);
}

const struct form_rule rule_value = {
	.pattern = "^([A-Za-z0-9/._+~@=%-][A-Za-z0-9/._+~@=%:-]*)?$",
	.is_valid = is_value,
	.must = "must be letters, digits and / . _ + ~ @ = % : -",
};
