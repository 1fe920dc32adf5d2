# certificates FOLDER: an authority, and four certificates: good for
# localhost and 127.0.0.1, for another host, expired, and signed by nobody.
certificates()
{
    mkdir -p "$1"
    (
        cd "$1" || exit 1
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
            -days 2 -subj '/CN=Test Authority' &&
            for name in good other old; do
                host=localhost
                validity='-days 2'
                # Since 3.4 an end before the beginning has to be written out.
                [ $name != old ] || validity='-days -1'
                [ $name != old ] || ! openssl x509 -help 2>&1 |
                    grep -q -- -not_after ||
                    validity='-not_before 20200101000000Z
                        -not_after 20200102000000Z'
                names=DNS:localhost,IP:127.0.0.1
                [ $name != other ] || {
                    host=elsewhere.example
                    names=DNS:elsewhere.example
                }
                openssl req -newkey rsa:2048 -nodes -keyout $name.key \
                    -out $name.csr -subj "/CN=$host" &&
                    printf 'subjectAltName=%s\n' "$names" >$name.ext &&
                    openssl x509 -req -in $name.csr -CA ca.pem \
                        -CAkey ca.key -CAcreateserial $validity \
                        -extfile $name.ext -out $name.pem || exit 1
            done
        openssl req -x509 -newkey rsa:2048 -nodes -keyout self.key \
            -out self.pem -days 2 -subj '/CN=localhost' \
            -addext subjectAltName=DNS:localhost
    ) >"$1/log" 2>&1 || {
        cat "$1/log"
        return 1
    }
}
