#!/usr/bin/env bats
# keelson: all that a definition can say, in a project of its own, as jq and tar
# find it in the image.
# where: host
bats_require_minimum_version 1.5.0

setup_file() {
	keelson=$BATS_TEST_DIRNAME/../../build/bin/keelson
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p 'a project/images' 'a project/skel/etc' 'a project/build/bin'
	cd 'a project' || return
	cp "$BATS_TEST_DIRNAME/../../build/bin/pause" build/bin/hello
	echo 'hosts: files dns' > skel/etc/nsswitch.conf
	echo 'page' > page.html
	cat > keelson.yaml <<-'EOF'
		name: shop
		title: The Shop
		version: "1.5"
		supplier: "Person: Ann"
		licence: MIT
		url: https://shop.example
	EOF
	cat > images/base.yaml <<-'EOF'
		vars: {port: "80", dir: /srv}
		workdir: ${{vars.dir}}
		env: {A: base, B: base}
		directories: [{path: /tmp, mode: "1777"}]
	EOF
	cat > images/web.yaml <<-'EOF'
		name: web
		title: Web
		description: All that a definition says
		include: [base.yaml]
		vars: {port: "8443"}
		archs: [amd64]
		layering: one
		accounts:
		  run-as: app
		  users:
		    - {name: app, uid: 10001, home: /srv}
		  groups:
		    - {name: www, gid: 10002, members: [app]}
		entrypoint: [/bin/hello]
		cmd: ["--port", "${{vars.port}}"]
		stop-signal: SIGQUIT
		env: {B: own}
		ports: ["${{vars.port}}/tcp"]
		volumes: [/data]
		healthcheck: {test: [/bin/hello, -c], interval: 1m30s, retries: 3}
		labels: {org.example.team: shop}
		annotations: {org.opencontainers.image.source: "https://shop.example/git"}
		skel: [/etc/nsswitch.conf]
		programs:
		  - name: hello
		    to: /bin/hello
		    evidence: none
		    mode: "0750"
		    owner: root:www
		    capabilities: [net_bind_service]
		files:
		  - {path: /srv/page.html, source: page.html, owner: app}
		  - path: /etc/web.conf
		    content: |
		      root /srv
		    mode: "0640"
		    owner: "0:10002"
		    xattrs: {user.origin: definition}
		  - {path: /data/.keep, empty: true}
		links: [{path: /srv/index.html, to: page.html}]
		hard-links: [{path: /bin/a-hello, to: /bin/hello}]
		permissions:
		  - {path: /data, owner: app, mode: "0600", recursive: true}
		directories: [{path: /data}]
	EOF
	"$keelson" build >&2
	mkdir layer
	blob=dist/web/blobs/sha256
	manifest=$blob/$(jq -r '.manifests[0].digest[7:]' dist/web/index.json)
	cp "$manifest" "$BATS_FILE_TMPDIR/manifest"
	cp "$blob/$(jq -r '.config.digest[7:]' "$manifest")" \
		"$BATS_FILE_TMPDIR/config"
	cp "$blob/$(jq -r '.layers[0].digest[7:]' "$manifest")" \
		"$BATS_FILE_TMPDIR/layer.tgz"
}

setup() {
	keelson=$BATS_TEST_DIRNAME/../../build/bin/keelson
	cd "$BATS_FILE_TMPDIR/a project" || return
}

config() { # FILTER
	jq -c "$1" ../config
}

@test "the config says how it runs" {
	[ "$(config .config.User)" = '"10001:10001"' ]
	[ "$(config .config.Entrypoint)" = '["/bin/hello"]' ]
	[ "$(config .config.Cmd)" = '["--port","8443"]' ]
	[ "$(config .config.WorkingDir)" = '"/srv"' ]
	[ "$(config .config.StopSignal)" = '"SIGQUIT"' ]
	[ "$(config .config.Env)" = '["A=base","B=own"]' ]
	[ "$(config .config.ExposedPorts)" = '{"8443/tcp":{}}' ]
	[ "$(config .config.Volumes)" = '{"/data":{}}' ]
	[ "$(config .config.Healthcheck)" = '{"Test":["CMD","/bin/hello","-c"],"Interval":90000000000,"Retries":3}' ]
	[ "$(config '.config.Labels."org.example.team"')" = '"shop"' ]
	[ "$(config .author)" = '"Ann"' ]
	[ "$(jq -c '.annotations | [."org.opencontainers.image.source",
		."org.opencontainers.image.vendor",
		."org.opencontainers.image.url"]' ../manifest)" = \
		'["https://shop.example/git","Ann","https://shop.example"]' ]
}

@test "the layer has modes, owners and names as they are stated" {
	tar --numeric-owner -tvzf ../layer.tgz |
		awk '{ print $1, $2, $6, $7, $8, $9 }' > listing
	grep -qx -- 'drwxrwxrwt 0/0 tmp/ *' listing
	grep -qx -- '-rwxr-x--- 0/10002 bin/a-hello *' listing
	grep -qx -- 'hrwxr-x--- 0/10002 bin/hello link to bin/a-hello' listing
	grep -qx -- '-rw-r----- 0/10002 etc/web.conf *' listing
	grep -qx -- 'lrwxrwxrwx 0/0 srv/index.html -> page.html *' listing
	grep -qx -- '-rw-r--r-- 10001/10001 srv/page.html *' listing
	grep -qx -- 'drwx------ 10001/10001 data/ *' listing
	grep -qx -- '-rw------- 10001/10001 data/.keep *' listing
	[ "$(tar -xzOf ../layer.tgz etc/passwd)" = 'root:x:0:0:root:/root:/sbin/nologin
app:x:10001:10001::/srv:/sbin/nologin' ]
	[ "$(tar -xzOf ../layer.tgz etc/group)" = 'root:x:0:
app:x:10001:
www:x:10002:app' ]
	[ "$(tar -xzOf ../layer.tgz etc/web.conf)" = 'root /srv' ]
	tar -xzOf ../layer.tgz usr/lib/os-release | grep -qx 'NAME="The Shop"'
}

@test "tar unpacks the capability and the attribute" {
	[ "$(id -u)" -eq 0 ] || skip 'only root may set capabilities'
	mkdir -p root
	tar --xattrs --xattrs-include='*' -xzf ../layer.tgz -C root
	python3 - <<-'EOF'
		import os
		cap = os.getxattr("root/bin/a-hello", "security.capability")
		assert cap.hex() == "0100000200040000" + "00" * 12, cap.hex()
		assert os.path.samefile("root/bin/hello", "root/bin/a-hello")
	EOF
}

@test "the SBOM says whose it is, and which program has no evidence" {
	sbom=dist/web.spdx.json
	[ "$(jq -r '.creationInfo.creators[0]' $sbom)" = 'Person: Ann' ]
	[ "$(jq -r '.packages[] | select(.SPDXID == "SPDXRef-Project") |
		[.name, .versionInfo, .supplier, .licenseDeclared, .homepage] |
		join(" ")' $sbom)" = 'shop 1.5 Person: Ann MIT https://shop.example' ]
	jq -e '.packages[] | select(.SPDXID == "SPDXRef-Image") | .comment |
		test("2 programs without evidence")' $sbom
	jq -e '.files[] | select(.fileName == "./bin/hello") |
		.licenseConcluded == "NOASSERTION" and
		(.comment | test("what it was built from is not known"))' $sbom
	[ -z "$(jq 'del(.creationInfo, .documentNamespace)' $sbom | grep -i keelson)" ]
	run -0 "$keelson" verify dist/web dist/web.tar
}

@test "a program without evidence is refused unless it is admitted by name" {
	sed 's/name: web/name: strict/; /evidence: none/d' images/web.yaml \
		> images/strict.yaml
	run -1 "$keelson" build strict
	[[ "$output" = *strict* ]]
	[ ! -e dist/strict ]
	rm images/strict.yaml
}

@test "what is built does not depend on where and by whom" {
	cp -r "$PWD" "$BATS_TEST_TMPDIR/other"
	cd "$BATS_TEST_TMPDIR/other/images" || return
	rm -rf ../dist
	(umask 077 && TZ=Asia/Kolkata "$keelson" build web)
	diff -r ../dist/web "$BATS_FILE_TMPDIR/a project/dist/web"
	"$keelson" build web --var port=9000 --release 2.0
	grep -q 9000/tcp ../dist/web/blobs/sha256/*
	run -2 "$keelson" build web --var port
	[[ "$output" = *'must be NAME=VALUE'* ]]
}

@test "the schema takes what is built, and not a slip" {
	run -0 "$keelson" schema
	[ "$(jq -r '.properties.ports.items.pattern' <<< "$output")" = \
		'^[0-9]{1,5}(/(tcp|udp|sctp))?$|\$\{\{' ]
	[ "$(jq -c .required <<< "$output")" = '["name","title","description"]' ]
	run -0 "$keelson" schema project
	jq -e '.properties.paths.properties.skel' <<< "$output"
	run -2 "$keelson" schema other
	python3 -c 'import jsonschema, yaml' || skip 'no python3-jsonschema'
	"$keelson" schema > schema.json
	"$keelson" schema --part > part.json
	python3 - <<-'EOF'
		import json, jsonschema, yaml
		schema = json.load(open("schema.json"))
		web = yaml.safe_load(open("images/web.yaml"))
		jsonschema.validate(web, schema)
		jsonschema.validate(yaml.safe_load(open("images/base.yaml")),
		                    json.load(open("part.json")))
		for key, value in ("prots", []), ("ports", ["http"]), ("env", {"A B": "c"}):
		    try:
		        jsonschema.validate(dict(web, **{key: value}), schema)
		    except jsonschema.ValidationError:
		        continue
		    raise SystemExit(f"taken: {key}")
	EOF
}

@test "outside of a project it is said what to do" {
	cd / || return
	run -1 "$keelson" build
	[[ "$output" = *'no keelson.yaml in / or above it'* ]]
}
