// Primes of finite field groups that many servers share.

package tlshello

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// knownPrimes names primes by the first 16 bytes of their SHA-256: those of
// the RFCs, and those that software shipped or ships (collected by nmap's
// ssl-dh-params and by testssl.sh).
var knownPrimes = map[string]string{
	"3cdb020b9ef298b2f3f6cf5a872af527": "Apache mod_ssl",                                // 512 bits
	"f79d1db3c955a28fdeca462670a0712e": "Apache mod_ssl",                                // 1024 bits
	"db01e702899166da28c9bc7896af62bc": "Apache mod_ssl",                                // 512 bits
	"bf910d9df4e0b2e76cda7443f592aa11": "Apache mod_ssl",                                // 1024 bits
	"8ae47dca3d24e9b64640062686da234d": "nginx",                                         // 1024 bits
	"73b391ec8da33ee197aed17d7cfce132": "Java (sun.security.provider)",                  // 512 bits
	"ee5483fe4b96caa10cb5b863ec409aab": "Java (sun.security.provider)",                  // 768 bits
	"cc21a33dd1a3edf40bf636b5496e4aed": "Java (sun.security.provider)",                  // 1024 bits
	"f26e2403f3f07946654404909f0ff81d": "OpenSSL",                                       // 512 bits
	"66d0bf38b0bdfacf2fdae33f35102ab6": "OpenSSL",                                       // 1024 bits
	"3166ce19180005327a6059a2e7a4ed22": "OpenSSL",                                       // 2048 bits
	"9e348a9471b7d123aa97071e38288379": "OpenSSL",                                       // 2048 bits
	"ce7728db3aed1119a82b9f17b17df9f8": "OpenSSL",                                       // 4096 bits
	"b52ba6a3026520a6c49d37e458760180": "RFC 2409 group 1",                              // 768 bits
	"3f35a3f5f6c4376a744acad409bb22f8": "RFC 2409 group 2",                              // 1024 bits
	"64fcc83ec403930bf18393dbc883ccaa": "RFC 3526 group 5",                              // 1536 bits
	"d66436f79bbd6b2e38c0ffbd079be904": "RFC 3526 group 14",                             // 2048 bits
	"48cf8b092fbce4359d9871abf74f98e2": "RFC 3526 group 15",                             // 3072 bits
	"4ee95187682bcb230ad26a95205f6920": "RFC 3526 group 16",                             // 4096 bits
	"d1bfe6d0925ce7e4da262b62861514a7": "RFC 3526 group 17",                             // 6144 bits
	"39ab4feab950a3128fb71accb9fc3965": "RFC 3526 group 18",                             // 8192 bits
	"44c55cfee5c075927cf682da5b681bde": "RFC 5114, 1024 bits with a subgroup of 160",    // 1024 bits
	"bfe545862ca102ad1eeddb5fbfa5bf85": "RFC 5114, 2048 bits with a subgroup of 224",    // 2048 bits
	"0b7835722cb619827610c2549fdda558": "RFC 5114, 2048 bits with a subgroup of 256",    // 2048 bits
	"74a5cce5b6a93eb755e2f48250dc7cb3": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"196085cb4281d1ff18efaad097bc1ec0": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"80571b97f71f89727ab0c40bb73b4f01": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"5f856a00120eee6d6b87ef8f596aefbb": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"deb671287187265a5383df13708d3a75": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"bc19c041491e550f381d09415a82e1b3": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"ac0ff7a415f003c6503d4c126f292976": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"2b07d24b932aa7a015c45a3f06e75ba7": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"8523c72057043833089915168751620b": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"52d4faa53003b8349dac3e984a6423bc": "unknown software, common in 2015 (weakdh.org)", // 1024 bits
	"bfa876fe4671a9c696c8e256c13d7fad": "IronPort",                                      // 1024 bits
	"6215d41bb617b390082b066d6856f8b3": "SKIP",                                          // 1024 bits
	"725541d91fe79bcf52e6d96581d83ab8": "SKIP",                                          // 2048 bits
	"449ab49c277d21a601e806df3064d6e4": "Postfix",                                       // 512 bits
	"4e1f16b0a537becf0398e0d6049ed828": "Postfix",                                       // 2048 bits
	"6c863838510bab3e2093066fc14976f0": "Postfix",                                       // 512 bits
	"ef627d8cc44144f36a075d8dd8511bbd": "Postfix",                                       // 1024 bits
	"e2b343fa226b71092716a0cefea064b0": "Postfix",                                       // 512 bits
	"7dafc874c19963c0dd38e642bf1f3ad9": "Postfix",                                       // 768 bits
	"d2ae65bfc24596c0333a3ad57a67565d": "Postfix",                                       // 1024 bits
	"bd646809c4e2d255e7082482b9917c2d": "Postfix",                                       // 1536 bits
	"ee302f149664decf1b364551326625cf": "Postfix",                                       // 2048 bits
	"bc66927384785251c604a3836e404756": "Postfix",                                       // 512 bits
	"ad225f9367840e76af41a00757b85ead": "Postfix",                                       // 768 bits
	"3b37d357836b4c0b81ae99d4bb204f5f": "Postfix",                                       // 1024 bits
	"f5b0f0db19c1ffb9edd48c27d552e0c6": "Postfix",                                       // 1536 bits
	"b85e2291d140459398cf0cd25689409c": "Postfix",                                       // 512 bits
	"b36ac84e5fa8bd7a6363e1fb989456e4": "Postfix",                                       // 768 bits
	"20ce5e9531472e234e1ef76788a6f5f5": "Postfix",                                       // 1024 bits
	"245ccb3bb7e5f8e431c3786ce8c84360": "Postfix",                                       // 1536 bits
	"b22223eba55eff07fda0073c0bb7f65c": "Postfix",                                       // 2048 bits
	"984a91adb717c9753fd52ab8c4659b6f": "ProFTPD",                                       // 1024 bits
	"a2052ee3a461387eb489dfb4166f5b91": "ProFTPD",                                       // 2048 bits
	"cf44c99b85dabecceda32d2b089ec28f": "ProFTPD",                                       // 1536 bits
	"46ff79361993e5e6e9025cdfdb8d59af": "ProFTPD",                                       // 1024 bits
	"8b4fa096eb2414e26babeef0e3e68eb7": "ProFTPD",                                       // 1024 bits
	"e7257339c7b3c36b4fe270802723e6b2": "ProFTPD",                                       // 1536 bits
	"0a64b51e01fbccd80d5c45d6c40b1eb7": "ProFTPD",                                       // 1024 bits
	"a5bdec8cf036e2ab8f8b4bb68c726ea8": "ProFTPD",                                       // 1536 bits
	"6b79f7880e90204b6f8cb64f4bea6ea6": "ProFTPD",                                       // 1024 bits
	"cfb14315e90c3ce241b5351aec1bff5e": "ProFTPD",                                       // 2048 bits
	"406b95f336f4588f7f07b7ab86923cc9": "ProFTPD",                                       // 4096 bits
	"6ab0cedf512ead33f4827d0a9aa9a4b8": "ProFTPD",                                       // 1024 bits
	"3504275b93e5db8a692b4a5baeb4c4c7": "ProFTPD",                                       // 6144 bits
	"fb2de97ce408f3d2b00cda7e436e0e9f": "ProFTPD",                                       // 8192 bits
	"c43bb4fe47a641335004ca606398421b": "ProFTPD",                                       // 1024 bits
	"9f5e9f4e49f8499926f4bfd7cffcd0ec": "ProFTPD",                                       // 1024 bits
	"3576d07c0658c0230f4e4a4ad3255c68": "ProFTPD",                                       // 1024 bits
	"0ea9ef1fd4b42cff37a02344a1097ca6": "ProFTPD",                                       // 1024 bits
	"eba4ea9cdaf56d1c93fdf9b358f33148": "ProFTPD",                                       // 1024 bits
	"80b421f627228225bc69d267f5f3d61e": "ProFTPD",                                       // 1024 bits
	"3e21a641dbe236fd883f1a293f3c3a31": "ProFTPD",                                       // 1536 bits
	"f17daff1413023f299ae1a1a309fc495": "ProFTPD",                                       // 1536 bits
	"bd132a9c3bb1b0db7199048b7ca00215": "ProFTPD",                                       // 1536 bits
	"2f4370d98ffd18aa6be9a27957358735": "ProFTPD",                                       // 2048 bits
	"1401ba0d70afd57f87974faa52b4625f": "ProFTPD",                                       // 2048 bits
	"d3d1fa2923c8dc2da6783a7f2e8f3c08": "ProFTPD",                                       // 4096 bits
	"adaf2d463f6f71d615f9db387a068817": "ProFTPD",                                       // 6144 bits
	"5de6d78891cd9a759d1eeada93bf0183": "ProFTPD",                                       // 8192 bits
	"d9f6f2a0adb3427cbe12b007049b842b": "LibTomCrypt",                                   // 784 bits
	"d6dcdf1380fcf5d1edae326fe1e1db5b": "LibTomCrypt",                                   // 1040 bits
	"0ce3987be0923295e23002daa633bb14": "LibTomCrypt",                                   // 1288 bits
	"362b5d25eb8b949b20a3471ca880b253": "LibTomCrypt",                                   // 1544 bits
	"22e8c3768c4947ee7f9a8e6c8989e61d": "LibTomCrypt",                                   // 1792 bits
	"8bf91c38e2a92b253a362a9b7c723e3a": "LibTomCrypt",                                   // 2072 bits
	"8ab7986eaa2c27eb246db536093c8147": "LibTomCrypt",                                   // 3080 bits
	"a642950d9c2cdc78d1e9659efbd21d4b": "LibTomCrypt",                                   // 4120 bits
	"d03fdc7fe0f0d300624dd6d8a1682855": "Socat",                                         // 2048 bits
	"ac10fa3c5965ca361c07b3511140eb0a": "Socat",                                         // 1024 bits
	"486e235226a927b22b9389bf43377084": "HAProxy",                                       // 1024 bits
	"7b6551ea6ff09bd78c24bede10980a15": "HAProxy",                                       // 2048 bits
	"a67f41cb161353e098a815bf4070d326": "HAProxy",                                       // 4096 bits
	"9cd3b7f336872f46c09428d1bbc19877": "RFC 7919 ffdhe2048",                            // 2048 bits
	"0eaf67db3a839156d5013494a5318a77": "RFC 7919 ffdhe3072",                            // 3072 bits
	"4648414224ac881b3d0dc59b466f96d0": "RFC 7919 ffdhe4096",                            // 4096 bits
	"227ac9066b3ddd9e193670cda2388fa8": "RFC 7919 ffdhe6144",                            // 6144 bits
	"770b14efaf6f049929c523113b3fa99a": "RFC 7919 ffdhe8192",                            // 8192 bits
	"554ced9aa2ffa9ed64911795792cfd3e": "Java (JDK 17)",                                 // 512 bits
}

// Known says where the prime comes from if it is one that many servers share:
// "RFC 3526 group 14", "Apache mod_ssl". Breaking one group breaks all of its
// users (Logjam, 2015), which matters up to 1024 bits. Empty means that it is
// not a prime known here, not that nobody shares it.
func (d DHParams) Known() string {
	sum := sha256.Sum256(bytes.TrimLeft(d.P, "\x00"))
	return KnownPrime(hex.EncodeToString(sum[:]))
}

// KnownPrime is Known of a prime of which only the SHA-256 was kept, in hex.
func KnownPrime(digest string) string {
	return knownPrimes[digest[:min(len(digest), 32)]]
}
