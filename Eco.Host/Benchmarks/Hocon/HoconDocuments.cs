using System.Globalization;
using System.Text;

namespace Eco.Host.Benchmarks.Hocon;

/// <summary>Documents as people write them: sections with comments, paths, durations, sizes, texts, lists, substitutions and concatenations.</summary>
internal static class HoconDocuments
{
    /// <summary>A document of at least so many bytes of UTF-8; the same each time.</summary>
    public static byte[] Of(int bytes)
    {
        var text = new StringBuilder(bytes + 2_048);
        text.Append("defaults { every = 15 s, limit = 64 MiB, host = \"broker.site.example\", labels = [edge, camera] }\n");
        for (int section = 0; text.Length < bytes; section++)
        {
            Append(text, section);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, int section) => text.Append(CultureInfo.InvariantCulture, $$""""

        # Line {{section}} of the plant; its sensors are read one after the other.
        line-{{section}} {
          title = Line {{section}} of the plant in Göteborg
          address.host = ${defaults.host}
          address.port = {{5_000 + (section % 1_000)}}
          address { user = eco, virtual-host = "/", tls = true }
          every = ${defaults.every}
          timeout = {{1 + (section % 90)}} seconds
          buffer: 512k   // what a slow link may hold back
          ratio = 0.{{1 + (section % 9)}}e-2
          labels = ${defaults.labels} [line-{{section}}]
          labels += "shift-{{section % 3}}"
          weights = [0.125, {{section}}, -3.5, 1e6, 42,
            7, 8.25, 9]
          sensors = [
            { name = temperature, unit = "°C", range = [-40, 125], enabled = true }
            { name = vibration, unit = "mm/s", range = [0, {{section % 50}}], enabled = false }
          ]
          query = """select time, value
            from readings where line = {{section}} and value > 5"""
          "quoted key".{{section % 7}}.nested = null
          include-in-report = yes
          path = /var/lib/eco/line-{{section}}/${defaults.host}/models
        }

        """");
}
