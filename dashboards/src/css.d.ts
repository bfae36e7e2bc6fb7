import "react";

declare module "react" {
  interface CSSProperties {
    /** Work centers in an area: how many columns of the plant grid it asks for. */
    "--tiles"?: number;
  }
}
