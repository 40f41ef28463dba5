using Eco.Runtime.Hocon;

namespace Eco.Tests.Hocon;

/// <summary>A tree on one line: names without quotes where they are plain, texts in single quotes, numbers and the like as written.</summary>
internal static class Compact
{
    public static string Write(HoconNode node) => node switch
    {
        HoconObject o => $"{{{string.Join(',', o.Select(f => $"{Name(f.Key)}:{Write(f.Value)}"))}}}",
        HoconArray a => $"[{string.Join(',', a.Select(Write))}]",
        HoconValue { Kind: HoconKind.String } v => $"'{v.Text}'",
        _ => ((HoconValue)node).Text,
    };

    private static string Name(string key) => HoconPath.Render(key) == key ? key : $"'{key}'";
}
