/*
 * definition_keys - one table for each kind of map, the innermost first.
 */
#include "images/assemble/definition_keys.h"

#include "images/assemble/definition_rules.h"

/* A text, one that is needed, and a list of texts. */
#define TEXT(key, rule_of, text)                                               \
	{                                                                      \
		.name = (key), .type = NODE_TEXT, .rule = &(rule_of),          \
		.help = (text)                                                 \
	}
#define NEEDED(key, rule_of, text)                                             \
	{                                                                      \
		.name = (key), .type = NODE_TEXT, .is_needed = true,           \
		.rule = &(rule_of), .help = (text)                             \
	}
#define TEXTS(key, rule_of, text)                                              \
	{                                                                      \
		.name = (key), .type = NODE_LIST, .rule = &(rule_of),          \
		.help = (text)                                                 \
	}
#define MAPS(key, of, text)                                                    \
	{                                                                      \
		.name = (key), .type = NODE_LIST, .keys = (of), .help = (text) \
	}

#define MODE    TEXT("mode", rule_mode, "permissions, octal digits in quotes")
#define OWNER   TEXT("owner", rule_owner, "UID:GID, or names of accounts")
#define LICENCE TEXT("licence", rule_licence, "SPDX expression")
#define CAPABILITY                                                             \
	TEXTS("capabilities", rule_capability,                                 \
		"capabilities that the file gives, effective and permitted")
#define XATTRS                                                                 \
	{                                                                      \
		.name = "xattrs", .type = NODE_MAP, .names = &rule_xattr,      \
		.help = "extended attributes in the user namespace"            \
	}

static const struct form_key program_keys[] = {
	NEEDED("name", rule_below, "a file of the project's programs"),
	NEEDED("to", rule_path, "path in the image"),
	TEXT("from", rule_below, "the file, from the project's directory"),
	TEXT("evidence", rule_none,
		"none: admit a program of which no build is recorded; every "
		"document then says so"),
	MODE,
	OWNER,
	LICENCE,
	CAPABILITY,
	XATTRS,
	{.name = NULL},
};

static const struct form_key file_keys[] = {
	NEEDED("path", rule_path, "path in the image"),
	TEXT("content", rule_content, "the text of the file"),
	TEXT("source", rule_below, "a file, from the project's directory"),
	{.name = "empty", .type = NODE_BOOL, .help = "true: no content"},
	MODE,
	OWNER,
	LICENCE,
	XATTRS,
	{.name = NULL},
};

static const struct form_key link_keys[] = {
	NEEDED("path", rule_path, "path of the link"),
	{.name = "to",
		.type = NODE_TEXT,
		.is_needed = true,
		.help = "its target, as ln -s would write it"},
	{.name = NULL},
};

static const struct form_key hard_link_keys[] = {
	NEEDED("path", rule_path, "another name of the file"),
	NEEDED("to", rule_path, "the file"),
	{.name = NULL},
};

static const struct form_key directory_keys[] = {
	NEEDED("path", rule_path, "path in the image"),
	MODE,
	OWNER,
	{.name = NULL},
};

static const struct form_key permission_keys[] = {
	NEEDED("path", rule_path, "an entry that something else puts there"),
	MODE,
	OWNER,
	{.name = "recursive",
		.type = NODE_BOOL,
		.help = "true: also what is below it; directories get the "
			"right to search where they have that to read"},
	{.name = NULL},
};

static const struct form_key user_keys[] = {
	NEEDED("name", rule_account, "login name"),
	{.name = "uid",
		.type = NODE_INT,
		.is_needed = true,
		.max = RULE_ID_MAX,
		.help = "its number"},
	{.name = "gid",
		.type = NODE_INT,
		.max = RULE_ID_MAX,
		.help = "number of its group; default: its own number"},
	TEXT("home", rule_home, "home directory; default: /"),
	TEXT("shell", rule_home, "default: /sbin/nologin"),
	TEXT("comment", rule_gecos, "name for people"),
	{.name = NULL},
};

static const struct form_key group_keys[] = {
	NEEDED("name", rule_account, "name of the group"),
	{.name = "gid",
		.type = NODE_INT,
		.is_needed = true,
		.max = RULE_ID_MAX,
		.help = "its number"},
	TEXTS("members", rule_account, "names of users"),
	{.name = NULL},
};

static const struct form_key account_keys[] = {
	MAPS("users", user_keys, "users besides root"),
	MAPS("groups", group_keys, "groups besides root's and those of users"),
	TEXT("run-as", rule_account, "the user that the image runs as"),
	{.name = NULL},
};

static const struct form_key healthcheck_keys[] = {
	{.name = "test",
		.type = NODE_LIST,
		.is_needed = true,
		.is_replaced = true,
		.help = "program and arguments"},
	TEXT("interval", rule_duration, "between two runs: 30s, 5m, 1h"),
	TEXT("timeout", rule_duration, "of one run"),
	TEXT("start-period", rule_duration, "in which failures do not count"),
	{.name = "retries",
		.type = NODE_INT,
		.max = 1000,
		.help = "failures in a row that are one too many"},
	{.name = NULL},
};

const struct form_key definition_keys[] = {
	NEEDED("name", rule_name, "name of the image; that of the file"),
	{.name = "title",
		.type = NODE_TEXT,
		.is_needed = true,
		.help = "one line for people"},
	{.name = "description",
		.type = NODE_TEXT,
		.is_needed = true,
		.help = "what the image is for"},
	TEXTS("include", rule_below,
		"definitions that this one goes on from, relative to it"),
	{.name = "vars",
		.type = NODE_MAP,
		.rule = &rule_value,
		.names = &rule_env,
		.help = "values for ${{vars.NAME}}"},
	TEXTS("archs", rule_arch,
		"processors that it is built for; default: any"),
	TEXT("layering", rule_one, "one: all files are one layer"),
	{.name = "accounts",
		.type = NODE_MAP,
		.keys = account_keys,
		.help = "users and groups: /etc/passwd and /etc/group"},
	TEXT("user", rule_user, "UID:GID or the name of an account"),
	TEXT("workdir", rule_absolute, "working directory"),
	{.name = "entrypoint",
		.type = NODE_LIST,
		.is_replaced = true,
		.help = "what runs"},
	{.name = "cmd",
		.type = NODE_LIST,
		.is_replaced = true,
		.help = "its arguments, unless others are given"},
	TEXT("stop-signal", rule_signal, "the signal that ends it"),
	{.name = "env",
		.type = NODE_MAP,
		.names = &rule_env,
		.help = "environment"},
	TEXTS("ports", rule_port, "ports that it serves: 8080/tcp"),
	TEXTS("volumes", rule_path, "directories that volumes are for"),
	{.name = "healthcheck",
		.type = NODE_MAP,
		.keys = healthcheck_keys,
		.help = "how docker and podman ask it for its health"},
	{.name = "labels",
		.type = NODE_MAP,
		.names = &rule_key,
		.help = "labels of the image's configuration"},
	{.name = "annotations",
		.type = NODE_MAP,
		.names = &rule_key,
		.help = "annotations of the image's manifest"},
	TEXTS("skel", rule_path, "skeleton files"),
	TEXTS("pick", rule_below, "lists of what is taken from packages"),
	MAPS("programs", program_keys, "static programs"),
	MAPS("files", file_keys, "files with their content"),
	MAPS("links", link_keys, "symbolic links"),
	MAPS("hard-links", hard_link_keys, "other names of files"),
	MAPS("directories", directory_keys, "directories"),
	MAPS("permissions", permission_keys,
		"modes and owners of what else is in the image"),
	{.name = NULL},
};
