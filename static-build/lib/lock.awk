# lock.awk - check sources.lock and print what a script needs of it.
#
#   awk -f lock.awk LOCK                    all files
#   awk -v packages="a b" -f lock.awk LOCK  the files of these packages only
#
# Prints `FILE SIZE SHA256 PATH PACKAGE ROLE`, one file a line.  The first line
# that breaks a rule of docs/formats/sources-lock.md ends it with exit code 2.
# sbom/evidence/lock.c has the same rules; test/lock.cases holds both to them.

function fail(line, why)
{
	printf "%s:%d: %s\n", FILENAME, line, why > "/dev/stderr"
	failed = 1
	exit 2
}

function check(field, value, pattern)
{
	if (value !~ pattern)
		fail(FNR, field " \"" value "\" is not valid")
}

# Relative to a mirror's root, without empty, "." and ".." components.
function check_path(path,    n, i, part)
{
	check("path", path, "^pool/[A-Za-z0-9._+~/-]+$")
	n = split(path, part, "/")
	for (i = 1; i <= n; i++)
		if (part[i] == "" || part[i] == "." || part[i] == "..")
			fail(FNR, "path \"" path "\" is not valid")
}

BEGIN {
	n_wanted = split(packages, list, " ")
	for (i = 1; i <= n_wanted; i++)
		wanted[list[i]] = 1
	sha256 = "^"
	for (i = 0; i < 64; i++)
		sha256 = sha256 "[0-9a-f]"
	sha256 = sha256 "$"
}

/^[ \t]*(#|$)/ { next }

{
	if (NF < 8)
		fail(FNR, "8 fields expected, found " NF)
	licence = $8
	for (i = 9; i <= NF; i++)
		licence = licence " " $i
	check("package", $1, "^[a-z0-9][a-z0-9+.-]*$")
	check("version", $2, "^[A-Za-z0-9.+:~-]+$")
	check("suite", $3, "^[a-z0-9-]+$")
	check_path($4)
	check("size", $5, "^[1-9][0-9]*$")
	if (length($5) > 18)
		fail(FNR, "size \"" $5 "\" is not valid")
	check("sha256", $6, sha256)
	check("role", $7, "^(source|patches|sysroot|rootfs)$")
	check("licence", licence, "^[A-Za-z0-9.+() -]+$")
}

# Against the lines before it.
{
	file = $4
	sub(/.*\//, "", file)
	if (file in line_of)
		fail(FNR, file " is already on line " line_of[file])
	line_of[file] = FNR
	about = $2 " " $3 " " licence
	if ($1 in of && of[$1] != about)
		fail(FNR, $1 " has another version, suite or licence on " \
			"line " first[$1])
	of[$1] = about
	if (!($1 in first))
		first[$1] = FNR
	kind = $7 == "patches" ? "patches" : "main"
	if (($1, kind) in role)
		fail(FNR, $1 " has role " role[$1, kind] " on line " \
			has[$1, kind])
	role[$1, kind] = $7
	has[$1, kind] = FNR
	if (n_wanted && !($1 in wanted))
		next
	found[$1] = 1
	print file, $5, $6, $4, $1, $7
}

END {
	if (failed)
		exit 2
	for (p in of)
		if (!((p, "main") in has))
			fail(first[p], p " has patches but no source")
	for (p in wanted)
		if (!(p in found)) {
			printf "%s: no package %s\n", FILENAME, p \
				> "/dev/stderr"
			exit 2
		}
}
