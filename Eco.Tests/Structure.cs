using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Eco.Tests;

/// <summary>
/// What a message holds, as text: all that its constructor takes, whatever its type says about equality (records compare immutable
/// arrays by reference).
/// </summary>
internal static class Structure
{
    public static string Describe(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>The constructor that makes a message.</summary>
    public static ConstructorInfo ConstructorOf(Type type) => type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new InvalidOperationException($"{type} has no public constructor");

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string s:
                text.Append('"').Append(s).Append('"');
                break;
            case IFormattable formattable when value.GetType().Namespace == "System" || value is Enum:
                text.Append(formattable.ToString(value is double ? "R" : value is DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture));
                break;
            case bool flag:
                text.Append(flag);
                break;
            case IEnumerable items:
                WriteItems(text, items);
                break;
            default:
                WriteFields(text, value);
                break;
        }
    }

    private static void WriteItems(StringBuilder text, IEnumerable items)
    {
        text.Append('[');
        bool isDefault = items.GetType().GetProperty("IsDefault")?.GetValue(items) is true;
        foreach (object? item in isDefault ? Array.Empty<object>() : items)
        {
            Write(text, item);
            text.Append(", ");
        }

        text.Append(']');
    }

    private static void WriteFields(StringBuilder text, object value)
    {
        Type type = value.GetType();
        text.Append(type.Name).Append('{');
        foreach (ParameterInfo parameter in ConstructorOf(type).GetParameters())
        {
            string name = char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..];
            PropertyInfo property = type.GetProperty(name) ?? throw new InvalidOperationException($"{type} has no property {name}");
            text.Append(name).Append('=');
            Write(text, property.GetValue(value));
            text.Append("; ");
        }

        text.Append('}');
    }
}
